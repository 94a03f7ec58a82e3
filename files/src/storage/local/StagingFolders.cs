using System.Security.Cryptography;

namespace Argosy.Files;

/// <summary>
/// The staging folders of one home: its own, and for each disk that is mounted somewhere in the home one in that disk's topmost folder, so that whatever is published
/// or removed takes one rename. Those are opened for the length of an operation, since a disk that is in use cannot be unmounted. The home's own
/// folder notes where they are (<c>m.DISK</c>, the path from the home): what a crash left there is found again.
/// </summary>
internal sealed class StagingFolders(StagingFolder own, Jail home) : IDisposable
{
    private const string Subject = "The staging folder";

    /// <summary>The home's own one, which also holds its locks.</summary>
    public StagingFolder Own => own;

    /// <summary>The one from which a rename into <paramref name="folder"/> works; to be left after use.</summary>
    /// <param name="folder">A folder of the home.</param>
    /// <param name="status">What it is, or what something in it is.</param>
    /// <param name="path">What it is for.</param>
    public StagingFolder For(Descriptor folder, in Status status, RemotePath path)
    {
        if (own.IsFor(status))
        {
            return own;
        }

        try
        {
            using var top = MountTop.Open(folder, status);
            return StagingFolder.Open(top.Number, StagingFolder.TerminatedReserved, Note(top));
        }
        catch (FileException failed) when (failed.Error == FileError.NotPermitted)
        {
            throw new FileException(
                FileError.NotPermitted,
                StorageText.DiskClosed(path),
                failed);
        }
    }

    /// <summary>The one that a mark speaks of; null where its disk is no longer there.</summary>
    public StagingFolder? Find(string disk) => disk.Length == 0 ? own : OpenNoted([.. "m."u8, .. System.Text.Encoding.ASCII.GetBytes(disk), 0], disk);

    /// <summary>Visits all of them.</summary>
    /// <param name="visit">Called with each.</param>
    /// <param name="skipsFailing">True leaves out a disk that does not answer.</param>
    public void ForEach(Action<StagingFolder> visit, bool skipsFailing = false)
    {
        visit(own);
        foreach (var note in Notes())
        {
            try
            {
                if (OpenNoted(note, System.Text.Encoding.ASCII.GetString(note.AsSpan(2..^1))) is { } folder)
                {
                    using (folder)
                    {
                        visit(folder);
                    }
                }
            }
            catch (FileException) when (skipsFailing)
            {
                // What lies there waits until the disk is well.
            }
        }
    }

    /// <summary>All of them, each open until the next one is asked for. A disk that does not answer is left out.</summary>
    public IEnumerable<StagingFolder> Each()
    {
        yield return own;
        foreach (var note in Notes())
        {
            if (TryOpenNoted(note) is { } folder)
            {
                using (folder)
                {
                    yield return folder;
                }
            }
        }
    }

    public void Dispose() => own.Dispose();

    private StagingFolder? TryOpenNoted(byte[] terminatedNote)
    {
        try
        {
            return OpenNoted(terminatedNote, System.Text.Encoding.ASCII.GetString(terminatedNote.AsSpan(2..^1)));
        }
        catch (FileException)
        {
            return null; // What lies there waits until the disk is well.
        }
    }

    private List<byte[]> Notes()
    {
        var notes = new List<byte[]>();
        using var folder = own.Lend();
        using var reader = FolderReader.Open(folder.Number, Subject);
        while (reader.Next())
        {
            if (reader.Name is [(byte)'m', (byte)'.', ..])
            {
                notes.Add(reader.TerminatedName.ToArray());
            }
        }

        return notes;
    }

    private StagingFolder? OpenNoted(byte[] terminatedNote, string disk)
    {
        if (own.ReadFile(terminatedNote) is not { Length: > 0 } path)
        {
            return null;
        }

        var result = home.TryOpen(RemotePath.Resolve(RemotePath.Root, path), followLast: false);
        if (result is -Errno.NotFound or -Errno.NotAFolder)
        {
            return null;
        }

        using var top = new Descriptor(Errno.Check(result, Subject));
        return StagingFolder.TryOpen(top.Number, StagingFolder.TerminatedReserved, disk);
    }

    /// <summary>Notes where a disk is mounted, before anything is left on it; the disk's name.</summary>
    private string Note(Descriptor top)
    {
        using var lent = home.Lend();
        var (inner, outer) = (Kernel.PathOf(top.Number), Kernel.PathOf(lent.Number));
        outer = outer is [(byte)'/'] ? [] : outer;
        if (!inner.AsSpan().StartsWith(outer) || inner.Length <= outer.Length || inner[outer.Length] != (byte)'/')
        {
            throw new FileException(FileError.Storage, StorageText.DiskLeft);
        }

        var path = inner[outer.Length..];
        var disk = Convert.ToHexStringLower(SHA256.HashData(path).AsSpan(0, 4));
        byte[] name = [.. "m."u8, .. System.Text.Encoding.ASCII.GetBytes(disk), 0];
        if (!Errno.IsThere(own.Look(name, out _), Subject))
        {
            own.WriteFile(name, path, sync: false);
        }

        return disk;
    }
}
