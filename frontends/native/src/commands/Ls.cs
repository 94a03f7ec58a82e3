using System.Runtime.CompilerServices;
using Argosy.Files;
using Argosy.Wire;

namespace Argosy.Native.Commands;

/// <summary><c>ls</c>: a folder's entries as they come, without holding them all.</summary>
internal static class Ls
{
    public static ValueTask RunAsync(NativeSession session, Request request)
    {
        RemotePath path = request.Path is null ? session.Files.Folder : session.Files.Resolve(request.Path);
        return new Listing(session, request).SendAsync(LinesAsync(session.Files, path));
    }

    private static async IAsyncEnumerable<ListLine> LinesAsync(
        FileSession files, RemotePath path, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (FileEntry entry in files.ListAsync(path, cancellation))
        {
            yield return new ListLine
            {
                Name = entry.Name.ToArray(),
                Type = Entries.TypeOf(entry.Kind),
                Size = entry.Size,
                MTime = Entries.ToMicroseconds(entry.Modified),
                Mode = entry.Mode,
                Target = entry.LinkTarget?.ToArray(),
            };
        }
    }
}
