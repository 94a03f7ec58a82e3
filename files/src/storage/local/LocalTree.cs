namespace Argosy.Files;

/// <summary>One home on disk, shared by the sessions that have it open: blocking operations by byte paths, inside the jail.</summary>
internal sealed partial class LocalTree : IDisposable
{
    private readonly Jail _jail;
    private readonly StagingFolders? _staging;
    private readonly FileException? _noStaging;
    private readonly LocalStorageOptions _options;

    public LocalTree(Jail home, string identity, StagingFolder? staging, FileException? noStaging, LocalStorageOptions options)
    {
        (_jail, Identity, _noStaging, _options) = (home, identity, noStaging, options);
        _staging = staging is null ? null : new StagingFolders(staging, home);
    }

    public string Identity { get; }

    public bool FollowLinks => _jail.FollowLinks;

    /// <summary>What the home's folder in the common staging folder is called, where it is there.</summary>
    public string? StagingName { get; init; }

    /// <summary>Sessions that have it open; guarded by the storage.</summary>
    public int Users { get; set; }

    public bool IsStrict => _options.Durability == Durability.Strict;

    /// <summary>Where work waits; a home that can only be read has none.</summary>
    public StagingFolders AllStaging => _staging ?? throw new FileException(_noStaging!.Error, _noStaging.Message, _noStaging);

    /// <summary>The home's own, which also holds its locks.</summary>
    public StagingFolder Staging => AllStaging.Own;

    public FileEntry? Find(RemotePath path, bool followLink)
    {
        var number = StagingFolder.IsReserved(path) ? -Errno.NotFound : _jail.TryOpen(path, followLink);
        if (number is -Errno.NotFound or -Errno.NotAFolder)
        {
            RequireHome();
            return null;
        }

        using var found = new Descriptor(Errno.Check(number, path));
        Errno.Check(Kernel.Stat(found.Number, out var status), path);
        var entry = status.Entry(path.Name, status.IsLink ? ReadLink(found.Number, "\0"u8) : default(ReadOnlyMemory<byte>?));
        return status.IsFile ? entry with { Revision = status.Revision } : entry;
    }

    public FolderReader OpenReader(RemotePath path)
    {
        using var folder = OpenFolder(path);
        RequireHome();
        return FolderReader.Open(folder.Number, path.ToString());
    }

    /// <summary>The next entries of a folder, at most <paramref name="most"/>; fewer only at its end.</summary>
    public static List<FileEntry> Read(FolderReader reader, int most)
    {
        var entries = new List<FileEntry>(most);
        while (entries.Count < most && reader.Next())
        {
            if (!StagingFolder.IsReserved(reader.Name) && Look(reader) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    /// <summary>
    /// An entry that a folder names; null for what went between the two calls. Nothing else may be missing: whoever mirrors a folder deletes
    /// what its listing does not show.
    /// </summary>
    private static FileEntry? Look(FolderReader reader)
    {
        if (!Errno.IsThere(Kernel.Stat(reader.Folder, reader.TerminatedName, Kernel.AtNoFollow, out var status), reader.Name))
        {
            return null;
        }

        return status.Entry(reader.Name.ToArray(), status.IsLink ? ReadLink(reader.Folder, reader.TerminatedName) : default(ReadOnlyMemory<byte>?));
    }

    /// <summary>Opens a regular file for reading. What it is, is looked at by O_PATH first, so that no device or FIFO is ever opened.</summary>
    public LocalContent OpenContent(RemotePath path)
    {
        RefuseReserved(path);
        using var found = new Descriptor(Check(_jail.TryOpen(path), path));
        Errno.Check(Kernel.Stat(found.Number, out var status), path);
        if (!status.IsFile)
        {
            throw status.IsFolder
                ? new FileException(FileError.IsAFolder, PlaceText.IsAFolder(path))
                : new FileException(FileError.NotAFile, PlaceText.NotAFile(path));
        }

        var number = Kernel.OpenAt(Kernel.AtWorkingFolder, Kernel.Link(found.Number), Kernel.ReadOnly);
        var file = new Microsoft.Win32.SafeHandles.SafeFileHandle(Errno.Check(number, path), ownsHandle: true);
        return new LocalContent(file, status.Entry(path.Name) with { Revision = status.Revision }, status, MemoryDisks.Contain(number, status));
    }

    public void MakeFolder(RemotePath path, int? mode)
    {
        using var parent = OpenParent(path);
        Check(Kernel.MakeFolder(parent.Number, path.TerminatedName, mode & 0x1ff ?? 0x1ff), path);
        Sync(parent);
    }

    /// <summary>Makes a link; it counts, so it is staged like a file, and the disk tells after a crash whether it was published.</summary>
    public void MakeLink(RemotePath path, ReadOnlySpan<byte> target, ITally tally)
    {
        using var destination = LookAt(path);
        var staging = destination.Staging;
        var work = staging.NewName();
        using var folder = staging.Lend();
        RequireStaging(Kernel.SymbolicLink([.. target, 0], folder.Number, work));
        try
        {
            Errno.Check(staging.Look(work, out var status), path);
            using var step = Enter(path);
            tally.Begin(status.Usage, StepMark.Leaves(staging, work, status.Identity));
            Check(Kernel.Rename(folder.Number, work, step.Parent.Number, path.TerminatedName, Kernel.NoReplace), path);
            tally.Complete();
            step.Leave();
            Sync(step.Parent);
        }
        catch
        {
            tally.Dispose(); // Its intent goes before its link: without the link it would say that the step has happened.
            Kernel.Unlink(folder.Number, work);
            throw;
        }
    }

    public void Touch(RemotePath path, DateTime modified)
    {
        if (path.IsRoot)
        {
            using var folder = OpenFolder(path);
            using var home = FolderReader.Open(folder.Number, path.ToString());
            Errno.Check(Kernel.SetModified(home.Folder, modified), path);
            return;
        }

        using var parent = OpenParent(path);
        Check(Kernel.SetModified(parent.Number, path.TerminatedName, modified), path);
    }

    public long Free()
    {
        using var home = _jail.Lend();
        Errno.Check(Kernel.Space(home.Number, out var space), "The disk");
        return space.Available;
    }

    public void Dispose()
    {
        _jail.Dispose();
        _staging?.Dispose();
    }

    /// <summary>The folder that holds the path's last component, which is then used by name and never followed.</summary>
    public Descriptor OpenParent(RemotePath path)
    {
        RefuseUnfit(path);
        return OpenFolder(path.Parent);
    }

    /// <summary>Refuses what can be no name in a home.</summary>
    public static void RefuseUnfit(RemotePath path)
    {
        if (path.IsRoot)
        {
            throw new FileException(FileError.NotPermitted, PlaceText.HomeItself);
        }

        RefuseReserved(path);
    }

    /// <summary>Syncs a folder where uploads must survive a power loss. fsync(2) does not take O_PATH descriptors.</summary>
    public void Sync(Descriptor folder)
    {
        if (IsStrict)
        {
            using var readable = new Descriptor(Errno.Check(Kernel.OpenAt(folder.Number, ".\0"u8, Kernel.ReadOnly | Kernel.Directory), "The folder"));
            Errno.Check(Kernel.Sync(readable.Number), "The folder");
        }
    }

    private static byte[] ReadLink(int folder, ReadOnlySpan<byte> terminatedName)
    {
        Span<byte> target = stackalloc byte[RemotePath.LongestPath];
        var length = Kernel.ReadLink(folder, terminatedName, target);
        if (length is not (-Errno.NotFound or -Errno.Invalid)) // Gone, or replaced by what is no link, since it was looked at.
        {
            Errno.Check(length, "The link");
        }

        return target[..Math.Max(0, length)].ToArray();
    }

    private static void RefuseReserved(RemotePath path)
    {
        if (StagingFolder.IsReserved(path))
        {
            throw new FileException(FileError.BadName, PlaceText.ReservedName(path));
        }
    }

    private Descriptor OpenFolder(RemotePath path)
    {
        RefuseReserved(path);
        try
        {
            return _jail.OpenFolder(path);
        }
        catch (FileException failed) when (failed.Error == FileError.NotFound)
        {
            RequireHome();
            throw;
        }
    }

    /// <summary>As <see cref="Errno.Check(int, RemotePath)"/>; what is missing may be so because the home is.</summary>
    public int Check(int result, RemotePath path)
    {
        if (result == -Errno.NotFound)
        {
            RequireHome();
        }

        return Errno.Check(result, path);
    }

    /// <summary>Tells a missing file from a missing home.</summary>
    private void RequireHome()
    {
        using var home = _jail.Lend();
        if (Kernel.Stat(home.Number, out var status) < 0 || status.Links == 0)
        {
            throw new FileException(FileError.Storage, StorageText.HomeGone);
        }
    }
}
