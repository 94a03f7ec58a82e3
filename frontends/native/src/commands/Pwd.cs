using Argosy.Wire;

namespace Argosy.Native.Commands;

/// <summary><c>pwd</c>: the working folder.</summary>
internal static class Pwd
{
    public static ValueTask RunAsync(NativeSession session, Request request)
    {
        session.Send(new Reply { Id = request.Id, Path = session.Files.Folder.ToWire() });
        return ValueTask.CompletedTask;
    }
}
