using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Files;

/// <summary>A file in a staging folder, blocking; <see cref="OffloadedStaged"/> lends it to a session.</summary>
internal sealed partial class LocalStaged : IDisposable
{
    private readonly LocalTree _tree;
    private readonly Destination _destination;
    private readonly SafeFileHandle _file;
    private readonly byte[] _name;
    private readonly RemotePath _path;
    private UnfinishedRecord? _record;
    private bool _isGone;

    /// <summary>New work.</summary>
    public LocalStaged(LocalTree tree, Destination destination, SafeFileHandle file, byte[] name, RemotePath path, long? replaces)
    {
        (_tree, _destination, _file, _name, _path, Replaces) = (tree, destination, file, name, path, replaces);
    }

    /// <summary>An unfinished upload; a record of another file of its name is none.</summary>
    public LocalStaged(
        LocalTree tree, Destination destination, SafeFileHandle file, byte[] name, RemotePath path, long? replaces, in Status status, UnfinishedRecord? record)
        : this(tree, destination, file, name, path, replaces)
    {
        _identity = status.Identity;
        _record = record?.Data == _identity ? record : null;
        (_held, Received) = (status.Length, status.Length);
        Trusted = _record?.Sound(_held) ?? 0;
    }

    public long? Replaces { get; }

    public bool IsClosed => _file.IsClosed;

    public Usage Settled => _record?.Settled ?? default;

    public SafeFileHandle File
    {
        get
        {
            BeginWriting();
            return _file;
        }
    }

    public int Number => (int)_file.DangerousGetHandle();

    private StagingFolder Staging => _destination.Staging;

    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        BeginWriting(offset);
        using var lent = Descriptor.Lend(_file);
        while (!data.IsEmpty)
        {
            var written = Kernel.Write(lent.Number, data, offset);
            if (written < 0)
            {
                throw Errno.Exception(written, _path.ToString());
            }

            offset += written;
            data = data[(int)written..];
        }
    }

    public int Read(long offset, Span<byte> buffer)
    {
        using var lent = Descriptor.Lend(_file);
        var result = Kernel.Read(lent.Number, buffer, offset);
        return result >= 0 ? (int)result : throw Errno.Exception(result, _path.ToString());
    }

    /// <summary>Copies a part of another file to the same place in this one, in the kernel; how many bytes it did in one go.</summary>
    public long Copy(LocalContent source, long offset, long count)
    {
        using var from = Descriptor.Lend(source.File);
        using var to = Descriptor.Lend(File);
        var result = Kernel.CopyRange(from.Number, offset, to.Number, offset, count);
        if (result >= 0)
        {
            source.RequireSame();
        }

        return result switch
        {
            >= 0 => result,
            -Errno.CrossDevice or -Errno.Invalid or -Errno.NotSupported or -Errno.NoSuchCall => CopyThrough(source, offset, count),
            _ => throw Errno.Exception(result, _path.ToString()),
        };
    }

    public FileEntry Publish(Publication how, long length, ITally tally)
    {
        using var lent = Descriptor.Lend(_file);
        BeginWriting();
        SetLength(lent.Number, length);
        if (how.Mode is { } mode)
        {
            Errno.Check(Kernel.Chmod(lent.Number, mode & 0x1ff & ~ProcessMask.Value), _path);
        }

        var status = Finish(lent.Number, how);
        return how.OnExisting == OnExisting.Number
            ? PublishNumbered(status, length, tally)
            : Publish(status, _tree.Enter(_path), how.OnExisting, length, tally);
    }

    /// <summary>The same for a file that was made with its mode and that nobody else has written to.</summary>
    public FileEntry PublishWhole(Publication how, long length, ITally tally)
    {
        using var lent = Descriptor.Lend(_file);
        var status = Finish(lent.Number, how);
        return Publish(status, _tree.Enter(_path), how.OnExisting, length, tally);
    }

    private FileEntry Publish(in Status status, HomeStep entered, OnExisting onExisting, long length, ITally tally)
    {
        using var step = entered;
        var change = new Usage(length, 1) - Settled;
        if (onExisting == OnExisting.Replace)
        {
            while (!TryReplace(status, step.Parent, change, tally))
            {
                // Somebody who is not this server, and knows no lock, made the name between the look and the rename.
            }
        }
        else
        {
            tally.Begin(change, Mark(status));
            if (!TryMove(step.Parent, _path.TerminatedName, Kernel.NoReplace))
            {
                throw Errno.Exception(-Errno.Exists, _path.ToString());
            }
        }

        tally.Complete();
        return Published(status, step, _path.Name.ToArray());
    }

    private FileEntry Published(in Status status, HomeStep step, byte[] name)
    {
        _isGone = true;
        if (_record is not null)
        {
            // Before the lock is left: whoever begins an upload of that name from here on keeps a record of its own there.
            using var staging = Staging.Lend();
            Kernel.Unlink(staging.Number, AboutName);
        }

        step.Leave();
        _tree.Sync(step.Parent);
        return status.Entry(name);
    }

    public void Discard(ITally tally)
    {
        if (_isGone)
        {
            return;
        }

        using var alone = _tree.Staging.HomeLock.Enter();
        using var staging = Staging.Lend();
        if (Settled != default)
        {
            var trash = Staging.NewName();
            tally.Begin(-Settled, StepMark.Comes(Staging, trash));
            Errno.Check(Kernel.Rename(staging.Number, _name, staging.Number, trash), _path);
            tally.Complete();
            Kernel.Unlink(staging.Number, trash);
        }
        else
        {
            Errno.IsThere(Kernel.Unlink(staging.Number, _name), _path);
        }

        _isGone = true;
        if (IsUnfinished)
        {
            Kernel.Unlink(staging.Number, AboutName);
        }
    }

    public void Dispose()
    {
        if (IsClosed)
        {
            return;
        }

        // Of an upload that was not accepted only that stays which was there before it.
        if (!_isGone && (!IsUnfinished || (!IsAccepted && _record is null)))
        {
            using var staging = Staging.Lend();
            Kernel.Unlink(staging.Number, _name);
            _isGone = true;
        }

        _file.Dispose();
        _destination.Dispose();
    }

    /// <summary>The same where the kernel cannot copy between the two disks.</summary>
    private long CopyThrough(LocalContent source, long offset, long count)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(count, 256 << 10));
        try
        {
            var read = source.Read(offset, buffer.AsSpan(0, (int)Math.Min(count, buffer.Length)));
            Write(offset, buffer.AsSpan(0, read));
            return read;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Gives the file what it shall have with its name; what it is then.</summary>
    private Status Finish(int number, Publication how)
    {
        _destination.Gifts.GiveTo(number, how.Mode ?? LocalTree.UsualMode, _path);
        if (how.Modified is { } time)
        {
            Errno.Check(Kernel.SetModified(number, time), _path);
        }

        if (_tree.IsStrict)
        {
            Errno.Check(Kernel.Sync(number), _path); // Not the data alone: its mode and time are part of it.
        }

        Errno.Check(Kernel.Stat(number, out var status), _path);
        return status;
    }

    /// <summary>Cuts what the kernel wrote beyond the agreed length; too little is an error.</summary>
    private void SetLength(int number, long length)
    {
        Errno.Check(Kernel.Stat(number, out var status), _path);
        if (status.Length < length)
        {
            throw new FileException(FileError.Storage, UploadText.LostOnDisk(_path, length - status.Length));
        }

        if (status.Length > length)
        {
            Errno.Check(Kernel.SetLength(number, length), _path);
        }
    }

    /// <summary>
    /// Publishes under the first free name of a row. It is looked for before the lock is taken, since nobody else shall wait for that; who was faster
    /// meanwhile has taken a few at most.
    /// </summary>
    private FileEntry PublishNumbered(in Status status, long length, ITally tally)
    {
        const int Few = 16, Rounds = 100;
        for (var round = 0; round < Rounds; round++)
        {
            var first = FindFreeNumber();
            using var step = _tree.Enter(_path);
            tally.Begin(new Usage(length, 1) - Settled, Mark(status));
            for (var i = first; i < first + Few; i++)
            {
                var candidate = NumberedName.Of(_path.Name.Span, i);
                if (TryMove(step.Parent, [.. candidate, 0], Kernel.NoReplace))
                {
                    tally.Complete();
                    return Published(status, step, candidate);
                }
            }
        }

        throw new FileException(FileError.Storage, UploadText.TooManyAtOnce(_path));
    }

    private int FindFreeNumber()
    {
        using var parent = _tree.OpenParent(_path);
        var folder = parent.Number;
        return NumberedName.FindFree(number => Errno.IsThere(Kernel.Stat(folder, [.. NumberedName.Of(_path.Name.Span, number), 0], Kernel.AtNoFollow, out _), _path))
            ?? throw NumberedName.AllTaken(_path);
    }

    private bool TryReplace(in Status status, Descriptor parent, Usage change, ITally tally)
    {
        var exists = Errno.IsThere(Kernel.Stat(parent.Number, _path.TerminatedName, Kernel.AtNoFollow, out var target), _path);
        if (exists)
        {
            LocalTree.RequireReplaceable(target, _path);
            LocalTree.RefuseFolder(target, _path);
        }

        tally.Begin(exists ? change - target.Usage : change, Mark(status));
        return TryMove(parent, _path.TerminatedName, exists ? 0 : Kernel.NoReplace);
    }

    /// <summary>Renames it to its place; false where that is taken.</summary>
    private bool TryMove(Descriptor parent, ReadOnlySpan<byte> to, uint flags)
    {
        using var staging = Staging.Lend();
        var result = Kernel.Rename(staging.Number, _name, parent.Number, to, flags);
        if (result == -Errno.CrossDevice)
        {
            throw new FileException(FileError.Storage, UploadText.OtherDisk(_path));
        }

        return result != -Errno.Exists && _tree.Check(result, _path) >= 0;
    }

    private byte[] Mark(in Status status) => StepMark.Leaves(Staging, _name, status.Identity);
}
