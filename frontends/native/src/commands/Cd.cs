using Argosy.Wire;

namespace Argosy.Native.Commands;

/// <summary><c>cd</c>: changes the working folder, against which later names are resolved.</summary>
internal static class Cd
{
    public static async ValueTask RunAsync(NativeSession session, Request request)
    {
        await session.Files.ChangeFolderAsync(session.Files.Resolve(request.Path));
        session.Send(new Reply { Id = request.Id, Path = session.Files.Folder.ToWire() });
    }
}
