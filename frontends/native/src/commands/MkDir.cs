using Argosy.Files;
using Argosy.Wire;

namespace Argosy.Native.Commands;

/// <summary><c>mkdir</c>: makes a folder; with <c>parents</c> those above it too, and an existing one is fine.</summary>
internal static class MkDir
{
    public static async ValueTask RunAsync(NativeSession session, Request request)
    {
        RemotePath path = session.Files.Resolve(request.Path);
        await session.Files.MakeFolderAsync(path, request.Parents, request.Mode);
        session.Send(new Reply { Id = request.Id, Path = path.ToWire() });
    }
}
