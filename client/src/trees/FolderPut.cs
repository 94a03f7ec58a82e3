using System.Runtime.CompilerServices;

namespace Argosy.Client;

/// <summary>A local folder's way up: met in the disk's order, depth first, with nothing of it held but what is under way.</summary>
internal sealed class FolderPut(FileClient client, TreeOptions options, CancellationToken stop)
{
    private readonly TreeCount _count = new(options.Progress);
    private readonly Stack<Level> _levels = new();
    private readonly OpenFolders _open = new(client.OpenFiles.Folders);

    /// <summary>Starts one entry after another.</summary>
    public async IAsyncEnumerable<Task<TreeOutcome?>> WalkAsync(
        string localFolder, RemotePath path, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        try
        {
            var top = LocalFolder.Open(localFolder);
            yield return EnterAsync(null, top, top.Facts, RemotePath.FromText(localFolder), path);
            while (_levels.TryPeek(out var level))
            {
                cancellation.ThrowIfCancellationRequested();
                stop.ThrowIfCancellationRequested();
                if (TryNext(level, out var failed))
                {
                    yield return await TakeAsync(level.Folder, level.Names.Current.Name, level.Names.Current.IsFile).ConfigureAwait(false);
                    continue;
                }

                if (failed is not null)
                    yield return Task.FromResult<TreeOutcome?>(failed);
                _levels.Pop();
                level.Names.Dispose();
                yield return _open.Add(level.Folder, LeaveAsync(level.Folder));
            }

            _count.Complete();
        }
        finally
        {
            foreach (var level in _levels)
            {
                level.Names.Dispose();
                level.Folder.Close();
            }
        }
    }

    private static bool TryNext(Level level, out TreeOutcome? failed)
    {
        failed = null;
        try
        {
            return level.Names.MoveNext();
        }
        catch (IOException exception)
        {
            failed = new TreeOutcome(level.Folder.Path, level.Folder.Place.Bytes, TreeResult.Failed) { Failure = exception };
            return false;
        }
    }

    // A task of a task: what is waited for here is only room for another open folder.
    private async ValueTask<Task<TreeOutcome?>> TakeAsync(TreeFolder folder, byte[] name, bool isFile)
    {
        try
        {
            // A file is looked at when it is opened: twice would be once too often. Only who watches wants to know at once how long it is.
            if (isFile && !_count.IsWatched)
                return PutAsync(folder, name, 0, follow: false);
            // What went since its name was read is not in the tree any more.
            return folder.Local.Find(name) is { } facts
                ? await TakeAsync(folder, name, facts, follow: false).ConfigureAwait(false)
                : Task.FromResult<TreeOutcome?>(null);
        }
        catch (IOException exception)
        {
            return Failed(folder, name, exception);
        }
    }

    private async ValueTask<Task<TreeOutcome?>> TakeAsync(TreeFolder folder, byte[] name, FileFacts facts, bool follow) => facts.Kind switch
    {
        EntryKind.Folder => await DescendAsync(folder, name, follow).ConfigureAwait(false),
        EntryKind.File => PutAsync(folder, name, facts.Size, follow),
        EntryKind.Link when options.Links == LinkTreatment.Keep => LinkAsync(folder, name),
        EntryKind.Link when options.Links == LinkTreatment.Follow => await FollowAsync(folder, name).ConfigureAwait(false),
        EntryKind.Link => Skipped(folder, name, TreeRule.NotWanted),
        _ => Skipped(folder, name, TreeRule.Special),
    };

    private async ValueTask<Task<TreeOutcome?>> FollowAsync(TreeFolder folder, byte[] name) => folder.Local.Find(name, follow: true) is { } target
        ? await TakeAsync(folder, name, target, follow: true).ConfigureAwait(false)
        : Failed(folder, name, new LocalFileException(LocalFault.Link, folder.Local.PlaceOf(name), "is a link that leads nowhere"));

    private async ValueTask<Task<TreeOutcome?>> DescendAsync(TreeFolder folder, byte[] name, bool follow)
    {
        await _open.MakeRoomAsync(_levels.Count, stop).ConfigureAwait(false);
        var local = folder.Local.OpenFolder(name, follow);
        var facts = local.Facts;
        if (follow && _levels.Any(level => level.Identity == facts.Identity))
        {
            local.Dispose();
            return Skipped(folder, name, TreeRule.Cycle);
        }

        return EnterAsync(folder, local, facts, folder.Place.Append(name), folder.Path.Append(name));
    }

    // The request to make it leaves before those for what is in it: the server has made it when they come.
    private async Task<TreeOutcome?> EnterAsync(TreeFolder? parent, LocalFolder local, FileFacts facts, RemotePath place, RemotePath path)
    {
        parent?.Enter();
        var folder = new TreeFolder(parent, local, place, path) { IsNew = MakeAsync(path, facts.Mode) };
        _levels.Push(new Level(folder, local.ReadNames().GetEnumerator(), facts.Identity));
        try
        {
            return await folder.IsNew.ConfigureAwait(false) ? new TreeOutcome(path, place.Bytes, TreeResult.FolderMade) : null;
        }
        catch (RefusedException refused) when (TreePipeline.ConcernsOne(refused))
        {
            // Where the folder around it could not be made, that was told already.
            return parent is null || await parent.WasMadeAsync().ConfigureAwait(false)
                ? new TreeOutcome(path, place.Bytes, TreeResult.Failed) { Failure = refused }
                : null;
        }
    }

    private async Task<bool> MakeAsync(RemotePath path, UnixFileMode mode)
    {
        try
        {
            await client.MakeFolderAsync(path, mode, stop).ConfigureAwait(false);
            return true;
        }
        catch (RefusedException refused) when (refused.Error is "exists" or "not-permitted")
        {
            // One that is there already needs no permission to be made.
            if (await client.StatAsync(path, cancellationToken: stop).ConfigureAwait(false) is { Kind: EntryKind.Folder })
                return false;
            throw;
        }
    }

    private async Task<TreeOutcome?> LeaveAsync(TreeFolder folder)
    {
        var wasMade = await folder.EndAsync().ConfigureAwait(false);
        try
        {
            if (wasMade && folder.Path != RemotePath.Root)
                await client.TouchAsync(folder.Path, folder.Local.Facts.Modified, stop).ConfigureAwait(false);
        }
        catch (Exception exception) when (TreePipeline.ConcernsOne(exception))
        {
            // An account that may not change times keeps the server's.
        }
        finally
        {
            folder.Close();
        }

        return null;
    }

    private async Task<TreeOutcome?> PutAsync(TreeFolder folder, byte[] name, long size, bool follow)
    {
        folder.Enter();
        var path = folder.Path.Append(name);
        var count = _count.Begin(path, size);
        try
        {
            if (!await folder.WasMadeAsync().ConfigureAwait(false))
                return null;
            var isNew = await folder.IsNew.ConfigureAwait(false);
            if (!isNew && !options.Overwrite && await client.StatAsync(path, cancellationToken: stop).ConfigureAwait(false) is not null)
                return folder.Tell(name, TreeResult.Left);
            var place = folder.Place.Append(name).Bytes;
            if (await OpenAsync(folder, name, place, follow).ConfigureAwait(false) is not { } file)
                return null;
            await using var closing = file.ConfigureAwait(false);
            var stored = await client.PutAsync(file, path, Options(isNew, count), stop).ConfigureAwait(false);
            return new TreeOutcome(stored.Path, place, stored.WasThere ? TreeResult.Unchanged : TreeResult.Moved) { Size = stored.Size };
        }
        catch (RefusedException refused) when (refused.Error == "exists" && !options.Overwrite)
        {
            return folder.Tell(name, TreeResult.Left);
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

    private async ValueTask<LocalFile?> OpenAsync(TreeFolder folder, byte[] name, ReadOnlyMemory<byte> path, bool follow)
    {
        var place = await client.OpenFiles.EnterAsync(stop).ConfigureAwait(false);
        LocalFile? file = null;
        try
        {
            return file = folder.Local.OpenFile(name, out var facts, follow) is { } open ? LocalFile.Of(open, facts, ByteText.OfBytes(path.Span), place) : null;
        }
        finally
        {
            if (file is null)
                place.Dispose();
        }
    }

    private PutOptions Options(bool isNew, IProgress<TransferProgress> progress) => new()
    {
        Overwrite = options.Overwrite,
        Verify = options.Verify,
        SkipIdentical = options.SkipIdentical && !isNew,
        Resume = options.Resume,
        Progress = progress,
        IsOneOfMany = true,
    };

    private async Task<TreeOutcome?> LinkAsync(TreeFolder folder, byte[] name)
    {
        folder.Enter();
        try
        {
            var target = folder.Local.ReadLink(name);
            if (!TreeRule.StaysInside(folder.Depth, target))
                return folder.Tell(name, TreeResult.Skipped) with { Reason = TreeRule.LeadsOutside };
            if (!await folder.WasMadeAsync().ConfigureAwait(false))
                return null;
            return folder.Tell(name, await MakeLinkAsync(folder.Path.Append(name), target).ConfigureAwait(false));
        }
        catch (Exception exception) when (TreePipeline.ConcernsOne(exception))
        {
            return folder.Tell(name, TreeResult.Failed) with { Failure = exception };
        }
        finally
        {
            folder.Leave();
        }
    }

    private async Task<TreeResult> MakeLinkAsync(RemotePath path, byte[] target)
    {
        try
        {
            await client.MakeLinkAsync(path, RemotePath.FromBytes(target), stop).ConfigureAwait(false);
            return TreeResult.LinkMade;
        }
        catch (RefusedException refused) when (refused.Error == "exists")
        {
            var there = await client.StatAsync(path, followLink: false, stop).ConfigureAwait(false);
            if (there is { Kind: EntryKind.Link, LinkTarget: { } old } && old.Bytes.Span.SequenceEqual(target))
                return TreeResult.Unchanged;
            if (!options.Overwrite)
                return TreeResult.Left;
            if (there?.Kind == EntryKind.Folder)
                throw;
            await client.RemoveAsync(path, stop).ConfigureAwait(false);
            await client.MakeLinkAsync(path, RemotePath.FromBytes(target), stop).ConfigureAwait(false);
            return TreeResult.LinkMade;
        }
    }

    private static Task<TreeOutcome?> Skipped(TreeFolder folder, byte[] name, string reason) =>
        Task.FromResult<TreeOutcome?>(folder.Tell(name, TreeResult.Skipped) with { Reason = reason });

    private static Task<TreeOutcome?> Failed(TreeFolder folder, byte[] name, Exception exception) =>
        Task.FromResult<TreeOutcome?>(folder.Tell(name, TreeResult.Failed) with { Failure = exception });

    private sealed record Level(TreeFolder Folder, IEnumerator<(byte[] Name, bool IsFile)> Names, (uint, uint, ulong) Identity);
}
