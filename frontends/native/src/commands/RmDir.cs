using Argosy.Wire;

namespace Argosy.Native.Commands;

/// <summary><c>rmdir</c>: removes a folder; with <c>recursive</c> all that is in it, without following links.</summary>
internal static class RmDir
{
    public static async ValueTask RunAsync(NativeSession session, Request request)
    {
        await session.Files.RemoveFolderAsync(session.Files.Resolve(request.Path), request.Recursive);
        session.Send(new Reply { Id = request.Id });
    }
}
