using Argosy.Wire;

namespace Argosy.Client;

/// <summary>
/// A folder's entries with the listings of the next folders among them asked for already, so that a tree of many folders does not cost a
/// round trip for each.
/// </summary>
internal sealed class LookAhead(FileClient client, RemotePath folder, Spool lines, TreeCount count, CancellationToken stop) : IAsyncDisposable
{
    private const int Entries = 8;
    private readonly IAsyncEnumerator<ListLine> _lines = lines.ReadLinesAsync(stop).GetAsyncEnumerator(stop);
    private readonly Queue<(RemoteEntry Entry, Task<Spool>? Listing)> _next = new();
    private bool _isAtEnd;

    /// <summary>Asks for a folder's listing.</summary>
    public static async Task<Spool> BeginAsync(FileClient client, RemotePath folder, TreeCount count, CancellationToken stop)
    {
        var lines = await client.RunAsync<Spool>(() => new Listing(
            id => new Request { Command = "ls", Id = id, Path = folder.Bytes.ToArray() },
            count: count.IsWatched ? line => count.Announce(line.Type, line.Size ?? 0) : null), stop).ConfigureAwait(false);
        count.EndListing();
        return lines;
    }

    /// <summary>The next entry, for folders with their listing; null at the end.</summary>
    public async ValueTask<(RemoteEntry Entry, Task<Spool>? Listing)?> NextAsync()
    {
        while (!_isAtEnd && _next.Count <= Entries)
        {
            if (!await _lines.MoveNextAsync().ConfigureAwait(false))
            {
                _isAtEnd = true;
                break;
            }

            var entry = Client.Entries.Read(_lines.Current);
            _next.Enqueue((entry, entry.Kind == EntryKind.Folder ? BeginAsync(client, folder.Append(entry.Name.Bytes), count, stop) : null));
        }

        return _next.TryDequeue(out var next) ? next : null;
    }

    public async ValueTask DisposeAsync()
    {
        await _lines.DisposeAsync().ConfigureAwait(false);
        lines.Dispose();
        foreach (var (_, listing) in _next)
        {
            if (listing is not null && await listing.ContinueWith(task => task, TaskScheduler.Default).ConfigureAwait(false) is { IsCompletedSuccessfully: true } done)
                (await done.ConfigureAwait(false)).Dispose();
        }
    }
}
