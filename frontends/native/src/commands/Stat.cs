using Argosy.Files;
using Argosy.Wire;

namespace Argosy.Native.Commands;

/// <summary><c>stat</c>: what is at a path; with <c>link</c> a link itself instead of what it leads to.</summary>
internal static class Stat
{
    public static async ValueTask RunAsync(NativeSession session, Request request)
    {
        RemotePath path = session.Files.Resolve(request.Path);
        FileEntry entry = await session.Files.FindAsync(path, followLink: !request.Link)
            ?? throw new WireException(WireError.NotFound, RequestText.NotFound(session.Files.Resolve(request.Path)));
        session.Send(Entries.Reply(request.Id, entry, path));
    }
}
