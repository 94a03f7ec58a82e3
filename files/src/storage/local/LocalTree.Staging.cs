using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Files;

/// <content>Staging files, and what stays of them.</content>
internal sealed partial class LocalTree
{
    private const int UsualMode = 0x1b6; // 0666

    /// <summary>Begins a file; <see cref="LocalStaged"/> goes on.</summary>
    public LocalStaged Stage(StageRequest request)
    {
        long? replaces;
        using (var parent = OpenParent(request.Path))
        {
            var result = Kernel.Stat(parent.Number, request.Path.TerminatedName, Kernel.AtNoFollow, out var target);
            replaces = result < 0 ? null : target.Usage.Bytes;
            if (result != -Errno.NotFound)
            {
                Errno.Check(result, request.Path);
                RequireReplaceable(target, request.Path);
                RefuseFolder(target, request.Path);
            }
        }

        return request.UploadId is null ? StageNew(request.Path, UsualMode, replaces) : StageUnfinished(request, request.UploadId, replaces);
    }

    /// <summary>A file whole: written with its mode from the beginning, looked at once, published.</summary>
    public FileEntry Store(RemotePath path, ReadOnlySpan<byte> content, Publication how, ITally tally, LocalBurst burst)
    {
        using var counted = burst.Take(tally);
        using var staged = StageNew(path, how.Mode ?? UsualMode, replaces: null);
        staged.Write(0, content);
        return staged.PublishWhole(how, content.Length, counted, burst);
    }

    public List<UnfinishedUpload> ListUnfinished(string? owner)
    {
        var found = new List<UnfinishedUpload>();
        ForEachUnfinished((folder, data, record) =>
        {
            if (record is not null && (owner is null || record.Owner == owner) && Kernel.Stat(folder, data, Kernel.AtNoFollow, out var status) >= 0)
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
                ?? throw new FileException(FileError.InUse, $"The upload {Escaped.Text(Encoding.UTF8.GetBytes(uploadId))} is in use by another session.");
            staged.Discard(tally);
            found = true;
        });
        return found;
    }

    public static void RefuseFolder(in Status target, RemotePath path)
    {
        if (target.IsFolder)
        {
            throw new FileException(FileError.IsAFolder, $"{path} is a folder.");
        }
    }

    private void RequireStaging(int result)
    {
        if (result == -Errno.NotFound)
        {
            RequireHome();
            throw new FileException(FileError.Storage, "The folder for unfinished uploads is gone; ask the operator to restart the server.");
        }

        Errno.Check(result, "Beginning the upload");
    }

    /// <summary>Makes work of its own; the umask takes from the mode what it does not allow.</summary>
    private LocalStaged StageNew(RemotePath path, int mode, long? replaces)
    {
        using var folder = Staging.Lend();
        var name = Staging.NewName();
        var number = Kernel.OpenAt(folder.Number, name, Kernel.ReadWrite | Kernel.Create | Kernel.Exclusive, mode & 0x1ff);
        RequireStaging(number);
        return new LocalStaged(this, new(number, ownsHandle: true), name, path, record: null, replaces);
    }

    private LocalStaged StageUnfinished(StageRequest request, string uploadId, long? replaces)
    {
        using var folder = Staging.Lend();
        var data = UnfinishedRecord.FileName('u', request.Owner, uploadId, request.Path);
        var result = Kernel.OpenAt(folder.Number, data, Kernel.ReadWrite | Kernel.Create | Kernel.NoFollow, UsualMode);
        RequireStaging(result);
        Kernel.Close(result);
        var staged = OpenUnfinished(folder.Number, data, request.Path, replaces)
            ?? throw new FileException(FileError.InUse, $"Another session uploads {request.Path} under this id; wait for it or use another id.");
        try
        {
            // Another length means another file; after another boot, bytes that nothing checks may be holes.
            var known = staged.Record
                ?? new(request.Owner, uploadId, request.Path, request.Length, UnfinishedRecord.ThisBoot, staged.Identity, default);
            var isSame = staged.Record is not null && (known.Length == request.Length || known.Length is null || request.Length is null);
            staged.Offer(known with { Length = request.Length ?? known.Length, Boot = UnfinishedRecord.ThisBoot },
                isSame && (request.Trust || IsStrict || known.Boot == UnfinishedRecord.ThisBoot));
            return staged;
        }
        catch
        {
            staged.Dispose();
            throw;
        }
    }

    /// <summary>Opens and locks the data of an unfinished upload, then reads its record; null where another session has it or it went meanwhile.</summary>
    private LocalStaged? OpenUnfinished(int folder, byte[] data, RemotePath? path = null, long? replaces = null)
    {
        var number = Kernel.OpenAt(folder, data, Kernel.ReadWrite | Kernel.NoFollow);
        if (number < 0)
        {
            return null;
        }

        // The lock is of the open file: its name must still be this one when the lock is held.
        if (Kernel.TryLock(number) < 0
            || Kernel.Stat(number, out var open) < 0
            || Kernel.Stat(folder, data, Kernel.AtNoFollow, out var named) < 0
            || !open.IsSame(named))
        {
            Kernel.Close(number);
            return null;
        }

        var record = UnfinishedRecord.TryRead(folder, [(byte)'a', .. data.AsSpan(1)]);
        record = record?.Data == open.Identity ? record : null;
        return new LocalStaged(this, new SafeFileHandle(number, ownsHandle: true), data, path ?? record?.Path ?? RemotePath.Root, record, replaces)
        {
            Received = open.Length,
            Identity = open.Identity,
        };
    }

    private void ForEachUnfinished(Action<int, byte[], UnfinishedRecord?> visit)
    {
        if (_staging is null)
        {
            return;
        }

        using var folder = Staging.Lend();
        using var reader = FolderReader.Open(folder.Number, "The staging folder");
        while (reader.Next())
        {
            if (reader.Name is [(byte)'u', (byte)'.', ..])
            {
                var data = reader.TerminatedName.ToArray();
                visit(folder.Number, data, UnfinishedRecord.TryRead(folder.Number, [(byte)'a', .. data.AsSpan(1)]));
            }
        }
    }
}
