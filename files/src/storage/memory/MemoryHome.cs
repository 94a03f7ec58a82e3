using System.Runtime.CompilerServices;

namespace Argosy.Files;

/// <summary>A home in memory. Nothing blocks, so nothing is offloaded; nothing outlives a crash, so no step is ever open.</summary>
internal sealed class MemoryHome(MemoryTree tree) : IHome
{
    private static ReadOnlySpan<byte> NoTrace => "n"u8;

    public string Identity => tree.Identity;

    public ValueTask<FileEntry?> FindAsync(RemotePath path, bool followLink)
    {
        lock (tree.Lock)
        {
            return new(tree.Find(path)?.Entry(path.Name));
        }
    }

    public async IAsyncEnumerable<FileEntry> ListAsync(RemotePath path, [EnumeratorCancellation] CancellationToken cancellation)
    {
        FileEntry[] entries;
        lock (tree.Lock)
        {
            entries = [.. tree.Folder(path).Children.Select(child => child.Value.Entry(MemoryTree.Name(child.Key)))];
        }

        foreach (var entry in entries)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return entry;
        }

        await ValueTask.CompletedTask;
    }

    public ValueTask<IContent> OpenAsync(RemotePath path)
    {
        lock (tree.Lock)
        {
            if (path.IsRoot || tree.Existing(path) is not MemoryFile file)
            {
                throw new FileException(FileError.IsAFolder, PlaceText.IsAFolder(path));
            }

            return new(new MemoryContent(file, file.Entry(path.Name)));
        }
    }

    public ValueTask<IStaged> StageAsync(StageRequest request)
    {
        lock (tree.Lock)
        {
            return new(MemoryStaged.Open(tree, request));
        }
    }

    public async ValueTask<FileEntry> StoreAsync(RemotePath path, ReadOnlyMemory<byte> content, Publication how, ITally tally)
    {
        using var owned = tally;
        await using var staged = await StageAsync(new(path, "", null, content.Length, Trust: true));
        await staged.WriteAsync(0, content);
        return await staged.PublishAsync(how, content.Length, tally);
    }

    public async ValueTask<IReadOnlyList<FileException?>> StoreManyAsync(IReadOnlyList<WholeFile> files, ITally tally)
    {
        using var owned = tally;
        var failures = new FileException?[files.Count];
        for (var i = 0; i < files.Count; i++)
        {
            try
            {
                var (path, content, how) = files[i];
                await using var staged = await StageAsync(new(path, "", null, content.Length, Trust: true));
                await staged.WriteAsync(0, content);
                await staged.PublishAsync(how, content.Length, owned);
            }
            catch (FileException failed)
            {
                failures[i] = failed;
            }
        }

        return failures;
    }

    public ValueTask MakeFolderAsync(RemotePath path, int? mode = null)
    {
        lock (tree.Lock)
        {
            var folder = new MemoryFolder();
            folder.Mode = mode & 0x1ff ?? folder.Mode;
            return tree.Parent(path).Children.TryAdd(MemoryTree.Key(path.Name), folder)
                ? default
                : throw new FileException(FileError.AlreadyExists, PlaceText.AlreadyExists(path));
        }
    }

    public ValueTask MakeLinkAsync(RemotePath path, ReadOnlyMemory<byte> target, ITally tally) =>
        throw new FileException(FileError.NotSupported, PlaceText.NoLinks);

    public ValueTask RemoveAsync(RemotePath path, ITally tally)
    {
        lock (tree.Lock)
        {
            if (tree.Existing(path) is not MemoryFile file)
            {
                throw new FileException(FileError.IsAFolder, PlaceText.IsAFolderToRemove(path));
            }

            tally.Begin(-file.Usage, NoTrace);
            tree.Parent(path).Children.Remove(MemoryTree.Key(path.Name));
            tally.Complete();
            return default;
        }
    }

    public ValueTask RemoveFolderAsync(RemotePath path, bool recursive, ITally tally)
    {
        lock (tree.Lock)
        {
            if (tree.Existing(path) is not MemoryFolder folder)
            {
                throw new FileException(FileError.NotAFolder, PlaceText.NotAFolder(path));
            }

            if (!recursive && folder.Children.Count > 0)
            {
                throw new FileException(FileError.NotEmpty, PlaceText.NotEmpty(path));
            }

            tally.Begin(-MemoryTree.Count(folder), NoTrace);
            tree.Parent(path).Children.Remove(MemoryTree.Key(path.Name));
            tally.Complete();
            return default;
        }
    }

    public ValueTask RenameAsync(RemotePath from, RemotePath to, bool overwrite, ITally tally)
    {
        lock (tree.Lock)
        {
            var node = tree.Existing(from);
            var target = tree.Parent(to);
            if (from.Contains(to) && !from.Equals(to))
            {
                throw new FileException(FileError.NotPermitted, PlaceText.IntoItself(from));
            }

            if (!from.Equals(to))
            {
                Replace(target, node, to, overwrite, tally);
                tree.Parent(from).Children.Remove(MemoryTree.Key(from.Name));
            }

            return default;
        }
    }

    public ValueTask TouchAsync(RemotePath path, DateTime modified)
    {
        lock (tree.Lock)
        {
            (path.IsRoot ? tree.Root : tree.Existing(path)).Modified = modified;
            return default;
        }
    }

    public ValueTask<IReadOnlyList<UnfinishedUpload>> ListUnfinishedAsync(string? owner)
    {
        lock (tree.Lock)
        {
            return new([.. tree.Unfinished.Where(upload => owner is null || upload.Owner == owner).Select(upload => upload.Describe())]);
        }
    }

    public async ValueTask<bool> DiscardUnfinishedAsync(string owner, string uploadId, ITally tally)
    {
        MemoryStaged? found;
        lock (tree.Lock)
        {
            found = tree.Unfinished.Find(upload => upload.Owner == owner && upload.UploadId == uploadId);
            found?.RequireIdle();
        }

        await (found?.DiscardAsync(tally) ?? default);
        return found is not null;
    }

    public ValueTask<long?> FreeAsync() => new((long?)null);

    public ValueTask CountAsync(Action<Usage> counted)
    {
        lock (tree.Lock)
        {
            counted(tree.Unfinished.Aggregate(MemoryTree.Count(tree.Root), (sum, upload) => sum + upload.Settled));
            return default;
        }
    }

    public ValueTask<Usage> HappenedAsync(ReadOnlyMemory<byte> mark, Usage change) => default;

    public ValueTask SettleUnfinishedAsync(Func<ITally> tally) => default;

    public async ValueTask SweepAsync(DateTime expired, Func<ITally> tally, Func<IReadOnlyList<ReadOnlyMemory<byte>>>? marks)
    {
        List<MemoryStaged> old;
        lock (tree.Lock)
        {
            old = tree.Unfinished.FindAll(upload => upload.IsIdle && upload.Describe().Modified < expired);
        }

        foreach (var upload in old)
        {
            await upload.DiscardAsync(tally());
        }
    }

    public ValueTask DisposeAsync() => default;

    private static void Replace(MemoryFolder target, MemoryNode node, RemotePath to, bool overwrite, ITally tally)
    {
        var key = MemoryTree.Key(to.Name);
        if (target.Children.TryGetValue(key, out var old))
        {
            if (!overwrite || node is MemoryFolder || old is not MemoryFile file)
            {
                throw new FileException(FileError.AlreadyExists, PlaceText.AlreadyExists(to));
            }

            tally.Begin(-file.Usage, NoTrace);
            target.Children[key] = node;
            tally.Complete();
        }
        else
        {
            target.Children.Add(key, node);
        }
    }
}
