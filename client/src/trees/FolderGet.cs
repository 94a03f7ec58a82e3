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
    private readonly OpenFolders _open = new(client.OpenFiles.Folders);

    /// <summary>Starts one entry after another.</summary>
    public async IAsyncEnumerable<Task<TreeOutcome?>> WalkAsync(
        RemotePath path, string localFolder, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        // Nothing is made here before the server has shown that there is something to get.
        var found = await client.StatAsync(path, cancellationToken: stop).ConfigureAwait(false) is { Kind: EntryKind.Folder } folder ? folder : null;
        var listing = LookAhead.BeginAsync(client, path, _count, stop);
        await using (var first = new LookAhead(client, path, await listing.ConfigureAwait(false), _count, stop))
        {
            var target = OpenTarget(localFolder, found?.Mode ?? default);
            using var parent = target.Parent;
            var root = new TreeFolder(null, target.Folder, RemotePath.FromText(localFolder), path) { IsNew = Task.FromResult(target.IsNew) };
            if (target.IsNew)
                yield return Task.FromResult<TreeOutcome?>(new TreeOutcome(path, root.Place.Bytes, TreeResult.FolderMade));
            _levels.Push(new Level(root, first, found, target.Parent, target.Name, target.IsNew));
            try
            {
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
                    yield return _open.Add(level.Folder, LeaveAsync(level));
                }

                _count.Complete();
            }
            finally
            {
                await GiveUpAsync().ConfigureAwait(false);
            }
        }
    }

    // The folder that the user named may be a link; nothing in it may.
    private static (LocalFolder? Parent, byte[] Name, LocalFolder Folder, bool IsNew) OpenTarget(string localFolder, UnixFileMode mode)
    {
        if (LocalPath.IsFolder(localFolder))
            return (null, [], LocalFolder.Open(localFolder), false);
        var place = localFolder.TrimEnd('/');
        var parent = LocalFolder.Open(LocalPath.Folder(place));
        try
        {
            var name = LocalPath.Bytes(LocalPath.Name(place));
            var (folder, isNew) = parent.MakeFolder(name, mode);
            return (parent, name, folder, isNew);
        }
        catch
        {
            parent.Dispose();
            throw;
        }
    }

    /// <summary>Of a tree that came to a bad end: nothing is left open, and of the folders that it was in none that is new and empty.</summary>
    private async Task GiveUpAsync()
    {
        while (_levels.TryPop(out var level))
        {
            await level.Entries.DisposeAsync().ConfigureAwait(false);
            await level.Folder.EndAsync().ConfigureAwait(false);
            level.Folder.Close();
            if (level.IsNew)
                level.Around?.RemoveFolder(level.Name);
        }
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
                throw new LocalFileException(LocalFault.BadName, "", $"The server's folders are more than {Deepest} deep here; the rest is left out.");
            await _open.MakeRoomAsync(_levels.Count, stop).ConfigureAwait(false);
            var (local, isNew) = folder.Local.MakeFolder(name, entry.Mode);
            folder.Enter();
            var inner = new TreeFolder(folder, local, folder.Place.Append(name), folder.Path.Append(name))
            {
                IsNew = Task.FromResult(isNew),
                RealPath = realPath,
                Followed = folder.Followed + followed,
            };
            _levels.Push(new Level(inner, new LookAhead(client, inner.Path, lines, _count, stop), entry, folder.Local, name.ToArray(), isNew));
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
                return Failed(folder, link, new LocalFileException(LocalFault.Link, "", "It is a link that leads nowhere, or out of the home."));
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
                IsOneOfMany = true,
            };
            var fetched = await new FileGet(
                client, folder.Path.Append(name), folder.Local, name.ToArray(), () => LocalPath.Full(ByteText.OfBytes(folder.Place.Append(name).Bytes.Span)), how, stop)
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
                : throw new LocalFileException(LocalFault.IsAFolder, folder.Local.PlaceOf(name), "is a folder here; a link cannot take its place");
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
            if (level.Entry is { } entry)
                folder.Local.SetModified(entry.Modified);
            return null;
        }
        catch (IOException exception)
        {
            return new TreeOutcome(folder.Path, folder.Place.Bytes, TreeResult.Failed) { Failure = exception };
        }
        finally
        {
            folder.Close();
        }
    }

    private static Task<TreeOutcome?> Skipped(TreeFolder folder, RemoteEntry entry, string reason) =>
        Task.FromResult<TreeOutcome?>(folder.Tell(entry.Name.Bytes, TreeResult.Skipped) with { Reason = reason });

    private static Task<TreeOutcome?> Failed(TreeFolder folder, RemoteEntry entry, Exception exception) =>
        Task.FromResult<TreeOutcome?>(folder.Tell(entry.Name.Bytes, TreeResult.Failed) with { Failure = exception });

    /// <param name="Folder">The folder.</param>
    /// <param name="Entries">What the server says is in it.</param>
    /// <param name="Entry">What the server says of itself; null where it said nothing.</param>
    /// <param name="Around">The folder that it lies in here, where it may be new.</param>
    /// <param name="Name">Its name there.</param>
    /// <param name="IsNew">True where it was made for this.</param>
    private sealed record Level(TreeFolder Folder, LookAhead Entries, RemoteEntry? Entry, LocalFolder? Around, byte[] Name, bool IsNew);
}
