using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Argosy.Files;

/// <summary>
/// Files that are stored in one visit to the disk. They wait in a folder of their own in the staging folder (<c>w.TOKEN.N</c>) under their numbers, and are
/// renamed to their places under one lock and with one intent in the ledger. Beside them lies a list of what each adds, complete before the first
/// of them moves: after a crash, those have happened that are no longer there.
/// <code>
/// list   u32 number | i64 bytes | i32 files     for each file, little-endian
/// </code>
/// </summary>
internal sealed class StoreVisit : IDisposable
{
    private const int Line = 16, FilesAt = 12;

    private readonly LocalTree _tree;
    private readonly StagingFolder _staging;
    private readonly byte[] _name;
    private readonly Descriptor _folder;
    private readonly List<Staged> _files = [];
    private readonly HashSet<int> _waiting = [];
    private bool _isListed;

    public StoreVisit(LocalTree tree, StagingFolder staging)
    {
        (_tree, _staging, _name) = (tree, staging, staging.NewName());
        using var lent = staging.Lend();
        tree.RequireStaging(Kernel.MakeFolder(lent.Number, _name, 0x1c0));
        var number = Kernel.OpenAt(lent.Number, _name, Kernel.ReadOnly | Kernel.Directory | Kernel.NoFollow);
        if (number < 0)
        {
            Kernel.Unlink(lent.Number, _name, Kernel.AtRemoveFolder);
            throw Errno.Exception(number, StagingFolder.Subject);
        }

        _folder = new Descriptor(number);
    }

    private static ReadOnlySpan<byte> ListName => "list\0"u8;

    /// <summary>Writes a file with its mode and time.</summary>
    /// <param name="number">Which one of the visit it is.</param>
    /// <param name="file">It.</param>
    /// <param name="gifts">What its folder gives it.</param>
    public void Stage(int number, in WholeFile file, FolderGifts gifts)
    {
        var mode = file.How.Mode ?? LocalTree.UsualMode;
        var name = NameOf(number);
        var opened = Kernel.OpenAt(_folder.Number, name, Kernel.ReadWrite | Kernel.Create | Kernel.Exclusive, mode & 0x1ff);
        _tree.RequireStaging(opened);
        _waiting.Add(number);
        using var open = new Descriptor(opened);
        Write(opened, file);
        gifts.GiveTo(opened, mode, file.Path);
        if (file.How.Modified is { } time)
        {
            Errno.Check(Kernel.SetModified(opened, time), file.Path);
        }

        if (_tree.IsStrict)
        {
            Errno.Check(Kernel.Sync(opened), file.Path);
        }

        _files.Add(new Staged(number, name, file, null));
    }

    /// <summary>Publishes what was staged. A file that cannot be is told of, and the others go on.</summary>
    /// <param name="tally">Told of what is added less what is replaced.</param>
    /// <param name="failures">Gets what went wrong, at the files' numbers.</param>
    public void Publish(ITally tally, FileException?[] failures)
    {
        if (_files.Count == 0)
        {
            return;
        }

        using var parents = new Parents(_tree);
        using (_tree.Staging.HomeLock.Enter())
        {
            for (var left = _files; left.Count > 0;)
            {
                left = PublishRound(left, parents, tally, failures);
            }
        }

        parents.Sync();
    }

    /// <summary>What of a visit happened whose process died in it.</summary>
    /// <param name="staging">Where it was.</param>
    /// <param name="terminatedName">Its folder.</param>
    public static Usage Happened(StagingFolder staging, ReadOnlySpan<byte> terminatedName)
    {
        using var lent = staging.Lend();
        var number = Kernel.OpenAt(lent.Number, terminatedName, Kernel.ReadOnly | Kernel.Directory | Kernel.NoFollow);
        if (!Errno.IsThere(number, StagingFolder.Subject))
        {
            return default;
        }

        using var folder = new Descriptor(number);
        var happened = default(Usage);
        var list = ReadList(number);
        for (var at = 0; at + Line <= list.Length; at += Line)
        {
            var line = list.AsSpan(at);
            if (!Errno.IsThere(Kernel.Stat(number, NameOf(BinaryPrimitives.ReadInt32LittleEndian(line)), Kernel.AtNoFollow, out _), StagingFolder.Subject))
            {
                happened += new Usage(BinaryPrimitives.ReadInt64LittleEndian(line[4..]), BinaryPrimitives.ReadInt32LittleEndian(line[FilesAt..]));
            }
        }

        return happened;
    }

    /// <summary>Removes what was not published.</summary>
    public void Dispose()
    {
        foreach (var number in _waiting)
        {
            Kernel.Unlink(_folder.Number, NameOf(number));
        }

        if (_isListed)
        {
            Kernel.Unlink(_folder.Number, ListName);
        }

        _folder.Dispose();
        using var lent = _staging.Lend();
        Kernel.Unlink(lent.Number, _name, Kernel.AtRemoveFolder);
    }

    private static byte[] NameOf(int number) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{number}\0"));

    private static void Write(int number, in WholeFile file)
    {
        var offset = 0L;
        for (var data = file.Content.Span; !data.IsEmpty;)
        {
            var written = Kernel.Write(number, data, offset);
            if (written < 0)
            {
                throw Errno.Exception(written, file.Path.ToString());
            }

            offset += written;
            data = data[(int)written..];
        }
    }

    private static byte[] ReadList(int folder)
    {
        var number = Kernel.OpenAt(folder, ListName, Kernel.ReadOnly | Kernel.NoFollow);
        if (!Errno.IsThere(number, StagingFolder.Subject))
        {
            return [];
        }

        using var file = new Descriptor(number);
        Errno.Check(Kernel.Stat(number, out var status), StagingFolder.Subject);
        var list = new byte[status.Length];
        for (var (at, read) = (0, 1); at < list.Length && read > 0; at += read)
        {
            read = Errno.Check((int)Kernel.Read(number, list.AsSpan(at), at), StagingFolder.Subject);
        }

        return list;
    }

    /// <summary>
    /// Publishes what can be with one intent: files whose names are free, and files over those that were looked at. What turns out to be in the way of
    /// a file is looked at then: it is left for the next round, or has failed.
    /// </summary>
    private List<Staged> PublishRound(List<Staged> files, Parents parents, ITally tally, FileException?[] failures)
    {
        var most = files.Aggregate(default(Usage), static (sum, file) => sum + new Usage(Math.Max(0, file.Change.Bytes), Math.Max(0, file.Change.Files)));
        try
        {
            List(files);
            tally.Begin(most, StepMark.Visit(_staging, _name));
        }
        catch (FileException full) when (full.Error == FileError.OverQuota && files.Count > 1)
        {
            // Together they do not fit: those that do alone.
            return [.. files.SelectMany(file => PublishRound([file], parents, tally, failures))];
        }
        catch (FileException failed)
        {
            files.ForEach(file => failures[file.Number] = failed);
            return [];
        }

        return PublishListed(files, parents, tally, failures);
    }

    private List<Staged> PublishListed(List<Staged> files, Parents parents, ITally tally, FileException?[] failures)
    {
        var happened = default(Usage);
        var next = new List<Staged>();
        try
        {
            foreach (var file in files)
            {
                try
                {
                    var parent = parents.Open(file.File.Path);
                    if (TryMove(file, parent))
                    {
                        happened += file.Change;
                        _waiting.Remove(file.Number);
                    }
                    else
                    {
                        next.Add(Look(file, parent));
                    }
                }
                catch (FileException failed)
                {
                    failures[file.Number] = failed;
                }
            }
        }
        finally
        {
            tally.Complete(happened);
        }

        return next;
    }

    private bool TryMove(Staged file, Descriptor parent)
    {
        var result = Kernel.Rename(
            _folder.Number, file.Name, parent.Number, file.File.Path.TerminatedName, file.Replaces is null ? Kernel.NoReplace : 0);
        if (result == -Errno.CrossDevice)
        {
            throw new FileException(FileError.Storage, UploadText.OtherDisk(file.File.Path));
        }

        return result != -Errno.Exists && _tree.Check(result, file.File.Path) >= 0;
    }

    private static Staged Look(Staged file, Descriptor parent)
    {
        var path = file.File.Path;
        if (!Errno.IsThere(Kernel.Stat(parent.Number, path.TerminatedName, Kernel.AtNoFollow, out var target), path))
        {
            return file with { Replaces = null };
        }

        LocalTree.RequireReplaceable(target, path);
        LocalTree.RefuseFolder(target, path);
        return file.File.How.OnExisting == OnExisting.Replace
            ? file with { Replaces = target.Usage }
            : throw Errno.Exception(-Errno.Exists, path.ToString());
    }

    private void List(List<Staged> files)
    {
        var list = ArrayPool<byte>.Shared.Rent(files.Count * Line);
        try
        {
            for (var i = 0; i < files.Count; i++)
            {
                var line = list.AsSpan(i * Line);
                BinaryPrimitives.WriteInt32LittleEndian(line, files[i].Number);
                BinaryPrimitives.WriteInt64LittleEndian(line[4..], files[i].Change.Bytes);
                BinaryPrimitives.WriteInt32LittleEndian(line[FilesAt..], (int)files[i].Change.Files);
            }

            WriteList(list.AsSpan(0, files.Count * Line));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(list);
        }
    }

    private void WriteList(ReadOnlySpan<byte> list)
    {
        var number = Kernel.OpenAt(_folder.Number, ListName, Kernel.ReadWrite | Kernel.Create | Kernel.Truncate, 0x180);
        using var file = new Descriptor(Errno.Check(number, StagingFolder.Subject));
        _isListed = true;
        for (var at = 0; at < list.Length;)
        {
            var written = Kernel.Write(number, list[at..], at);
            at += written >= 0 ? (int)written : throw Errno.Exception(written, StagingFolder.Subject);
        }
    }

    /// <param name="Number">Which one of the visit.</param>
    /// <param name="Name">What it is called in the visit's folder, with its NUL.</param>
    /// <param name="File">What was wanted.</param>
    /// <param name="Replaces">What is in its place; null where that is free.</param>
    private sealed record Staged(int Number, byte[] Name, WholeFile File, Usage? Replaces)
    {
        public Usage Change => new Usage(File.Content.Length, 1) - (Replaces ?? default);
    }

    /// <summary>The folders of the home in which files of a visit appear, opened when the lock is held: see <see cref="HomeStep"/>.</summary>
    private sealed class Parents(LocalTree tree) : IDisposable
    {
        private readonly Dictionary<RemotePath, Descriptor> _open = [];
        private (RemotePath Path, Descriptor Folder)? _last;

        public Descriptor Open(RemotePath path)
        {
            if (_last is { } last && path.IsIn(last.Path))
            {
                return last.Folder;
            }

            var parent = path.Parent;
            if (!_open.TryGetValue(parent, out var folder))
            {
                _open.Add(parent, folder = tree.OpenParent(path));
            }

            _last = (parent, folder);
            return folder;
        }

        public void Sync()
        {
            foreach (var folder in _open.Values)
            {
                tree.Sync(folder);
            }
        }

        public void Dispose()
        {
            foreach (var folder in _open.Values)
            {
                folder.Dispose();
            }
        }
    }
}
