using Microsoft.Win32.SafeHandles;

namespace Argosy.Files;

/// <content>Staging files, and what stays of them.</content>
internal sealed partial class LocalTree
{
    /// <summary>The permission bits of a file of which nothing else is said, before the umask: 0666.</summary>
    public const int UsualMode = 0x1b6;

    /// <summary>Begins a file; <see cref="LocalStaged"/> goes on.</summary>
    public LocalStaged Stage(StageRequest request)
    {
        using var parent = OpenParent(request.Path);
        long? replaces = null;
        if (Errno.IsThere(Kernel.Stat(parent.Number, request.Path.TerminatedName, Kernel.AtNoFollow, out var target), request.Path))
        {
            RequireReplaceable(target, request.Path);
            RefuseFolder(target, request.Path);
            replaces = target.Usage.Bytes;
        }

        var destination = Destination.Of(AllStaging, parent, request.Path);
        try
        {
            return request.UploadId is null
                ? StageNew(request.Path, UsualMode, replaces, destination)
                : StageUnfinished(request, request.UploadId, replaces, destination);
        }
        catch
        {
            destination.Dispose();
            throw;
        }
    }

    /// <summary>Where the path's last component will appear.</summary>
    public Destination LookAt(RemotePath path)
    {
        using var parent = OpenParent(path);
        return Destination.Of(AllStaging, parent, path);
    }

    public List<UnfinishedUpload> ListUnfinished(string? owner)
    {
        var found = new List<UnfinishedUpload>();
        ForEachUnfinished((folder, data, record) =>
        {
            if (record is not null && (owner is null || record.Owner == owner)
                && Errno.IsThere(folder.Look(data, out var status), "The unfinished upload"))
            {
                found.Add(new(record.UploadId, record.Path, status.Length, record.Length, status.Written.Time));
            }
        });
        return found;
    }

    public bool DiscardUnfinished(string owner, string uploadId, ITally tally)
    {
        var found = false;
        ForEachUnfinished((folder, data, record) =>
        {
            if (found || record is null || record.Owner != owner || record.UploadId != uploadId)
            {
                return;
            }

            using var staged = OpenUnfinished(folder, data)
                ?? throw new FileException(FileError.InUse, UploadText.InUse(uploadId));
            staged.Discard(tally);
            found = true;
        });
        return found;
    }

    public static void RefuseFolder(in Status target, RemotePath path)
    {
        if (target.IsFolder)
        {
            throw new FileException(FileError.IsAFolder, PlaceText.IsAFolder(path));
        }
    }

    /// <summary>Whether a staged file could be made; a staging folder that is gone is gone with the home, or was removed.</summary>
    public void RequireStaging(int result)
    {
        if (result == -Errno.NotFound)
        {
            RequireHome();
            throw new FileException(FileError.Storage, StorageText.StagingGone);
        }

        Errno.Check(result, "Beginning the upload");
    }

    /// <summary>Makes work of its own; the umask takes from the mode what it does not allow.</summary>
    private LocalStaged StageNew(RemotePath path, int mode, long? replaces, Destination destination)
    {
        using var folder = destination.Staging.Lend();
        var name = destination.Staging.NewName();
        var number = Kernel.OpenAt(folder.Number, name, Kernel.ReadWrite | Kernel.Create | Kernel.Exclusive, mode & 0x1ff);
        RequireStaging(number);
        return new LocalStaged(this, destination, new(number, ownsHandle: true), name, path, replaces);
    }

    private LocalStaged StageUnfinished(StageRequest request, string uploadId, long? replaces, Destination destination)
    {
        var data = UnfinishedRecord.FileName('u', request.Owner, uploadId, request.Path);
        using (var folder = destination.Staging.Lend())
        {
            var result = Kernel.OpenAt(folder.Number, data, Kernel.ReadWrite | Kernel.Create | Kernel.NoFollow, UsualMode);
            RequireStaging(result);
            Kernel.Close(result);
        }

        var staged = OpenUnfinished(destination, data, request.Path, replaces)
            ?? throw new FileException(FileError.InUse, UploadText.InUse(request.Path));
        try
        {
            staged.Offer(request, uploadId);
            return staged;
        }
        catch
        {
            staged.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="OpenUnfinished(Destination, byte[], RemotePath?, long?)"/>
    private LocalStaged? OpenUnfinished(StagingFolder folder, byte[] data) => OpenUnfinished(Destination.Within(folder), data);

    /// <summary>Opens and locks the data of an unfinished upload, then reads its record; null where another session has it or it went meanwhile.</summary>
    private LocalStaged? OpenUnfinished(Destination destination, byte[] data, RemotePath? path = null, long? replaces = null)
    {
        const string Subject = "The unfinished upload";
        var folder = destination.Staging;
        SafeFileHandle file;
        using (var lent = folder.Lend())
        {
            var number = Kernel.OpenAt(lent.Number, data, Kernel.ReadWrite | Kernel.NoFollow);
            if (!Errno.IsThere(number, Subject))
            {
                return null;
            }

            file = new(number, ownsHandle: true);
        }

        try
        {
            using var lent = Descriptor.Lend(file);
            var locked = Kernel.TryLock(lent.Number);
            if (locked != -Errno.Again)
            {
                Errno.Check(locked, Subject);
            }

            // The lock is of the open file: its name must still be this one when the lock is held.
            Errno.Check(Kernel.Stat(lent.Number, out var open), Subject);
            if (locked < 0 || !Errno.IsThere(folder.Look(data, out var named), Subject) || !open.IsSame(named))
            {
                file.Dispose();
                return null;
            }

            var record = UnfinishedRecord.TryRead(folder, [(byte)'a', .. data.AsSpan(1)]);
            return new LocalStaged(this, destination, file, data, path ?? record?.Path ?? RemotePath.Root, replaces, open, record);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private void ForEachUnfinished(Action<StagingFolder, byte[], UnfinishedRecord?> visit, bool skipsFailing = false) => _staging?.ForEach(
        folder =>
        {
            using var lent = folder.Lend();
            using var reader = FolderReader.Open(lent.Number, "The staging folder");
            while (reader.Next())
            {
                if (reader.Name is [(byte)'u', (byte)'.', ..])
                {
                    var data = reader.TerminatedName.ToArray();
                    visit(folder, data, UnfinishedRecord.TryRead(folder, [(byte)'a', .. data.AsSpan(1)]));
                }
            }
        },
        skipsFailing);
}
