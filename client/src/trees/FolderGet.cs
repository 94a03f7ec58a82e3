using System.Runtime.CompilerServices;

namespace Argosy.Client;

/// <summary>
/// A folder's way down. Every name comes from the server and is used as one component of an open folder, so that neither a name nor a link
/// that somebody has put into the target leads out of it.
/// </summary>
internal sealed class FolderGet(FileClient client, TreeOptions options, CancellationToken stop)
{
    // As many as the kernel follows in one path (path_resolution(7)).
    private const int MostFollowed = 40;

    // More than any path of 4,096 bytes can have: where a server's tree does not end, this does.
    private const int Deepest = 2048;

    private readonly TreeCount _count = new(options.Progress, areLinksFollowed: options.Links == LinkTreatment.Follow);
    private readonly Stack<Level> _levels = new();

    /// <summary>Starts one entry after another.</summary>
    public async IAsyncEnumerable<Task<TreeOutcome?>> WalkAsync(
        RemotePath path, string localFolder, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        // Nothing is made here before the server has shown that there is something to get.
        var modified = await client.StatAsync(path, cancellationToken: stop).ConfigureAwait(false) is { Kind: EntryKind.Folder } found
            ? found.Modified
            : default(DateTimeOffset?);
        var listing = LookAhead.BeginAsync(client, path, _count, stop);
        await using (var first = new LookAhead(client, path, await listing.ConfigureAwait(false), _count, stop))
        {
            var (local, isNew) = OpenTarget(localFolder);
            var root = new TreeFolder(null, local, RemotePath.FromText(localFolder), path) { IsNew = Task.FromResult(isNew) };
            if (isNew)
                yield return Task.FromResult<TreeOutcome?>(new TreeOutcome(path, root.Place.Bytes, TreeResult.FolderMade));
            _levels.Push(new Level(root, first, modified));
            while (_levels.TryPeek(out var level))
            {
                cancellation.ThrowIfCancellationRequested();
                if (await level.Entries.NextAsync().ConfigureAwait(false) is { } next)
                {
                    yield return await TakeAsync(level.Folder, next.Entry, next.Listing).ConfigureAwait(false);
                    continue;
                }

                _levels.Pop();
                await level.Entries.DisposeAsync().ConfigureAwait(false);
                yield return LeaveAsync(level);
            }

            _count.Complete();
        }
    }

    // The folder that the user named may be a link; nothing in it may.
    private static (LocalFolder Folder, bool IsNew) OpenTarget(string localFolder)
    {
        if (Directory.Exists(localFolder))
            return (LocalFolder.Open(localFolder), false);
        var place = Path.GetFullPath(Path.TrimEndingDirectorySeparator(localFolder));
        using var parent = LocalFolder.Open(Path.GetDirectoryName(place)!);
        return parent.MakeFolder(System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(place)));
    }

    // A task of a task: what waits for the server here is only the descent into folders.
    private async ValueTask<Task<TreeOutcome?>> TakeAsync(TreeFolder folder, RemoteEntry entry, Task<Spool>? listing)
    {
        switch (entry.Kind)
        {
            case EntryKind.File when LocalTarget.IsReserved(entry.Name.Bytes.Span):
                return Skipped(folder, entry, TreeRule.Unfinished);
            case EntryKind.Folder:
                return await DescendAsync(folder, entry, listing!, folder.RealPath.Append(entry.Name.Bytes), 0).ConfigureAwait(false);
            case EntryKind.File:
                return GetAsync(folder, entry);
            case EntryKind.Link when options.Links == LinkTreatment.Keep:
                return Task.FromResult<TreeOutcome?>(MakeLink(folder, entry));
            case EntryKind.Link when options.Links == LinkTreatment.Follow:
                return await FollowAsync(folder, entry).ConfigureAwait(false);
            case EntryKind.Link:
                return Skipped(folder, entry, TreeRule.NotWanted);
            default:
                return Skipped(folder, entry, TreeRule.Special);
        }
    }

    private async ValueTask<Task<TreeOutcome?>> DescendAsync(
        TreeFolder folder, RemoteEntry entry, Task<Spool> listing, RemotePath realPath, int followed)
    {
        var name = entry.Name.Bytes;
        try
        {
            var lines = await listing.ConfigureAwait(false);
            if (folder.Depth >= Deepest)
                throw new IOException($"The server's folders are more than {Deepest} deep here; the rest is left out.");
            var (local, isNew) = folder.Local.MakeFolder(name);
            folder.Enter();
            var inner = new TreeFolder(folder, local, folder.Place.Append(name), folder.Path.Append(name))
            {
                IsNew = Task.FromResult(isNew),
                RealPath = realPath,
                Followed = folder.Followed + followed,
            };
            _levels.Push(new Level(inner, new LookAhead(client, inner.Path, lines, _count, stop), entry.Modified));
            return Task.FromResult(isNew ? folder.Tell(name, TreeResult.FolderMade) : null);
        }
        catch (Exception exception) when (TreePipeline.ConcernsOne(exception))
        {
            return Failed(folder, entry, exception);
        }
    }

    private async ValueTask<Task<TreeOutcome?>> FollowAsync(TreeFolder folder, RemoteEntry link)
    {
        try
        {
            var path = folder.Path.Append(link.Name.Bytes);
            var target = await client.StatAsync(path, cancellationToken: stop).ConfigureAwait(false);
            if (target is null)
                return Failed(folder, link, new IOException("It is a link that leads nowhere, or out of the home."));
            target = target with { Name = link.Name };
            if (target.Kind != EntryKind.Folder)
                return target.Kind == EntryKind.File ? GetAsync(folder, target) : Skipped(folder, link, TreeRule.Special);
            var real = link.LinkTarget is { } words ? TreeRule.Resolve(folder.RealPath, words.Bytes.Span) : null;
            if (folder.Followed >= MostFollowed || real is not { } realPath || _levels.Any(level => level.Folder.RealPath.IsWithin(realPath)))
                return Skipped(folder, link, TreeRule.Cycle);
            return await DescendAsync(folder, target, LookAhead.BeginAsync(client, path, _count, stop), realPath, 1).ConfigureAwait(false);
        }
        catch (Exception exception) when (TreePipeline.ConcernsOne(exception))
        {
            return Failed(folder, link, exception);
        }
    }

    private async Task<TreeOutcome?> GetAsync(TreeFolder folder, RemoteEntry entry)
    {
        folder.Enter();
        var name = entry.Name.Bytes;
        var count = _count.Begin(folder.Path.Append(name), entry.Size);
        try
        {
            var isNew = await folder.IsNew.ConfigureAwait(false);
            if (!isNew && !options.Overwrite && folder.Local.Find(name) is not null)
                return folder.Tell(name, TreeResult.Left);
            var how = new GetOptions
            {
                Overwrite = options.Overwrite,
                Verify = options.Verify,
                SkipIdentical = options.SkipIdentical && !isNew,
                Resume = options.Resume,
                Progress = count,
                IsFolderNew = isNew,
            };
            var fetched = await new FileGet(
                client, folder.Path.Append(name), folder.Local, name.ToArray(), () => PlaceName.Text(folder.Place.Append(name).Bytes), how, stop)
                .RunAsync(entry).ConfigureAwait(false);
            return folder.Tell(name, fetched.WasThere ? TreeResult.Unchanged : TreeResult.Moved) with { Size = fetched.Size };
        }
        catch (Exception exception) when (TreePipeline.ConcernsOne(exception))
        {
            return folder.Tell(name, TreeResult.Failed) with { Failure = exception };
        }
        finally
        {
            count.End();
            folder.Leave();
        }
    }

    private TreeOutcome MakeLink(TreeFolder folder, RemoteEntry entry)
    {
        var name = entry.Name.Bytes;
        if (entry.LinkTarget is not { } target || !TreeRule.StaysInside(folder.Depth, target.Bytes.Span))
            return folder.Tell(name, TreeResult.Skipped) with { Reason = TreeRule.LeadsOutside };
        try
        {
            if (folder.Local.MakeLink(name, target.Bytes))
                return folder.Tell(name, TreeResult.LinkMade);
            var there = folder.Local.Find(name);
            if (there is { Kind: EntryKind.Link } && folder.Local.ReadLink(name).AsSpan().SequenceEqual(target.Bytes.Span))
                return folder.Tell(name, TreeResult.Unchanged);
            if (!options.Overwrite)
                return folder.Tell(name, TreeResult.Left);
            folder.Local.Remove(name);
            return folder.Local.MakeLink(name, target.Bytes)
                ? folder.Tell(name, TreeResult.LinkMade)
                : throw new IOException($"“{entry.Name}” is a folder here; a link cannot take its place.");
        }
        catch (IOException exception)
        {
            return folder.Tell(name, TreeResult.Failed) with { Failure = exception };
        }
    }

    private static async Task<TreeOutcome?> LeaveAsync(Level level)
    {
        var folder = level.Folder;
        await folder.EndAsync().ConfigureAwait(false);
        try
        {
            if (level.Modified is { } modified)
                folder.Local.SetModified(modified);
            return null;
        }
        catch (IOException exception)
        {
            return new TreeOutcome(folder.Path, folder.Place.Bytes, TreeResult.Failed) { Failure = exception };
        }
        finally
        {
            folder.Local.Dispose();
            folder.Parent?.Leave();
        }
    }

    private static Task<TreeOutcome?> Skipped(TreeFolder folder, RemoteEntry entry, string reason) =>
        Task.FromResult<TreeOutcome?>(folder.Tell(entry.Name.Bytes, TreeResult.Skipped) with { Reason = reason });

    private static Task<TreeOutcome?> Failed(TreeFolder folder, RemoteEntry entry, Exception exception) =>
        Task.FromResult<TreeOutcome?>(folder.Tell(entry.Name.Bytes, TreeResult.Failed) with { Failure = exception });

    private sealed record Level(TreeFolder Folder, LookAhead Entries, DateTimeOffset? Modified);
}
