using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Files;

/// <summary>A file in the staging folder, blocking; <see cref="OffloadedStaged"/> lends it to a session.</summary>
internal sealed class LocalStaged(LocalTree tree, SafeFileHandle file, byte[] name, RemotePath path, UnfinishedRecord? record, long? replaces) : IDisposable
{
    private UnfinishedRecord? _record = record;
    private (UnfinishedRecord Record, bool Trusted)? _offered;
    private bool _isGone;

    public long Received { get; set; }

    public FileIdentity Identity { get; init; }

    /// <summary>What is known of an unfinished upload.</summary>
    public UnfinishedRecord? Record => _record;

    public Usage Settled => _record?.Settled ?? default;

    public long? Replaces => replaces;

    public SafeFileHandle File => file;

    public int Number => (int)file.DangerousGetHandle();

    private byte[] AboutName => [(byte)'a', .. name.AsSpan(1)];

    /// <summary>True for what is kept only to be published, and once an unfinished upload was accepted.</summary>
    public bool IsAccepted => _offered is null;

    /// <summary>An unfinished upload to go on with, or to begin anew where its bytes cannot be trusted; nothing changes before <see cref="Accept"/>.</summary>
    public void Offer(UnfinishedRecord known, bool trusted)
    {
        _offered = (known, trusted);
        Received = trusted ? Received : 0;
    }

    /// <summary>Goes on with what was offered.</summary>
    public void Accept()
    {
        var (known, trusted) = _offered!.Value;
        if (!trusted)
        {
            Errno.Check(Kernel.SetLength(Number, 0), path);
        }

        if (known != _record || Received == 0)
        {
            known.Write(tree.Staging, AboutName, tree.IsStrict);
        }

        (_record, _offered) = (known, null);
    }

    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        using var lent = Descriptor.Lend(file);
        while (!data.IsEmpty)
        {
            var written = Kernel.Write(lent.Number, data, offset);
            if (written < 0)
            {
                throw Errno.Exception(written, path.ToString());
            }

            offset += written;
            data = data[(int)written..];
        }
    }

    public int Read(long offset, Span<byte> buffer)
    {
        using var lent = Descriptor.Lend(file);
        var result = Kernel.Read(lent.Number, buffer, offset);
        return result >= 0 ? (int)result : throw Errno.Exception(result, path.ToString());
    }

    /// <summary>Copies a part of another file to the same place in this one, in the kernel; how many bytes it did in one go.</summary>
    public long Copy(LocalContent source, long offset, long count)
    {
        using var from = Descriptor.Lend(source.File);
        using var to = Descriptor.Lend(file);
        var result = Kernel.CopyRange(from.Number, offset, to.Number, offset, count);
        return result switch
        {
            >= 0 => result,
            -Errno.CrossDevice or -Errno.Invalid or -Errno.NotSupported or -Errno.NoSuchCall => CopyThrough(source, offset, count),
            _ => throw Errno.Exception(result, path.ToString()),
        };
    }

    public FileEntry Publish(Publication how, long length, ITally tally)
    {
        using var lent = Descriptor.Lend(file);
        SetLength(lent.Number, length);
        if (how.Mode is { } mode)
        {
            Errno.Check(Kernel.Chmod(lent.Number, mode & 0x1ff & ~ProcessMask.Value), path);
        }

        var status = Finish(lent.Number, how.Modified);
        using var step = tree.Enter(path);
        return Publish(status, step, how.OnExisting, length, tally);
    }

    /// <summary>The same for a file that was made with its mode and that nobody else has written to.</summary>
    public FileEntry PublishWhole(Publication how, long length, ITally tally, LocalBurst burst)
    {
        using var lent = Descriptor.Lend(file);
        var status = Finish(lent.Number, how.Modified);
        using var step = burst.Enter(path);
        return Publish(status, step, how.OnExisting, length, tally);
    }

    private FileEntry Publish(in Status status, HomeStep step, OnExisting onExisting, long length, ITally tally)
    {
        var published = Publish(onExisting, step.Parent, new Usage(length, 1) - Settled, tally);
        step.Leave();
        tree.Sync(step.Parent);
        return status.Entry(published);
    }

    public void Keep(long length, ITally tally)
    {
        using var lent = Descriptor.Lend(file);
        SetLength(lent.Number, length);
        if (tree.IsStrict)
        {
            Errno.Check(Kernel.SyncData(lent.Number), path);
        }

        var kept = new Usage(length, 1);
        using var alone = tree.Staging.HomeLock.Enter();
        if (_record is not null && _record.Settled != kept)
        {
            var mark = string.Create(CultureInfo.InvariantCulture, $"k{Encoding.ASCII.GetString(AboutName.AsSpan(..^1))}:{length}");
            tally.Begin(kept - _record.Settled, Encoding.ASCII.GetBytes(mark));
            _record = _record with { Settled = kept };
            _record.Write(tree.Staging, AboutName, tree.IsStrict);
            tally.Complete();
        }
    }

    public void Discard(ITally tally)
    {
        if (_isGone)
        {
            return;
        }

        using var alone = tree.Staging.HomeLock.Enter();
        using var staging = tree.Staging.Lend();
        if (Settled != default)
        {
            var trash = tree.Staging.NewName();
            tally.Begin(-Settled, [(byte)'x', .. trash.AsSpan(..^1)]);
            Errno.Check(Kernel.Rename(staging.Number, name, staging.Number, trash), path);
            tally.Complete();
            Kernel.Unlink(staging.Number, trash);
        }
        else
        {
            Kernel.Unlink(staging.Number, name);
        }

        _isGone = true;
        if (name[0] == 'u')
        {
            Kernel.Unlink(staging.Number, AboutName);
        }
    }

    public void Dispose()
    {
        var isRefused = _offered is not null && _record is null;
        if (!_isGone && (name[0] == 'w' || isRefused))
        {
            using var staging = tree.Staging.Lend();
            Kernel.Unlink(staging.Number, name);
            _isGone = true;
        }

        file.Dispose();
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

    /// <summary>Gives the file its time; what it is then.</summary>
    private Status Finish(int number, DateTime? modified)
    {
        if (modified is { } time)
        {
            Errno.Check(Kernel.SetModified(number, time), path);
        }

        if (tree.IsStrict)
        {
            Errno.Check(Kernel.SyncData(number), path);
        }

        Errno.Check(Kernel.Stat(number, out var status), path);
        return status;
    }

    /// <summary>Cuts what the kernel wrote beyond the agreed length; too little is an error.</summary>
    private void SetLength(int number, long length)
    {
        Errno.Check(Kernel.Stat(number, out var status), path);
        if (status.Length < length)
        {
            throw new FileException(FileError.Storage, $"{path}: {length - status.Length} received bytes are missing on the disk; send it again.");
        }

        if (status.Length > length)
        {
            Errno.Check(Kernel.SetLength(number, length), path);
        }
    }

    private byte[] Publish(OnExisting onExisting, Descriptor parent, Usage change, ITally tally)
    {
        using var staging = tree.Staging.Lend();
        var published = onExisting switch
        {
            OnExisting.Replace => PublishOver(parent, staging, change, tally),
            OnExisting.Number => PublishNumbered(parent, staging, change, tally),
            _ => PublishNew(parent, staging, change, tally),
        };
        _isGone = true;
        if (_record is not null)
        {
            Kernel.Unlink(staging.Number, AboutName);
        }

        return published;
    }

    private byte[] PublishNew(Descriptor parent, Descriptor staging, Usage change, ITally tally)
    {
        tally.Begin(change, Mark());
        tree.Check(tree.Move(staging, name, parent, path.TerminatedName, Kernel.NoReplace), path);
        tally.Complete();
        return path.Name.ToArray();
    }

    private byte[] PublishOver(Descriptor parent, Descriptor staging, Usage change, ITally tally)
    {
        while (!TryReplace(parent, staging, change, tally))
        {
            // Somebody who is not this server, and knows no lock, made the name between the look and the rename.
        }

        return path.Name.ToArray();
    }

    private bool TryReplace(Descriptor parent, Descriptor staging, Usage change, ITally tally)
    {
        var exists = Kernel.Stat(parent.Number, path.TerminatedName, Kernel.AtNoFollow, out var target) != -Errno.NotFound;
        if (exists)
        {
            LocalTree.RequireReplaceable(target, path);
            LocalTree.RefuseFolder(target, path);
        }

        tally.Begin(exists ? change - target.Usage : change, Mark());
        var result = tree.Move(staging, name, parent, path.TerminatedName, exists ? 0 : Kernel.NoReplace);
        if (result == -Errno.Exists && !exists)
        {
            return false;
        }

        tree.Check(result, path);
        tally.Complete();
        return true;
    }

    private byte[] PublishNumbered(Descriptor parent, Descriptor staging, Usage change, ITally tally)
    {
        tally.Begin(change, Mark());
        for (var i = 1; i <= NumberedName.Most; i++)
        {
            var candidate = NumberedName.Of(path.Name.Span, i);
            var result = tree.Move(staging, name, parent, [.. candidate, 0], Kernel.NoReplace);
            if (result != -Errno.Exists)
            {
                tree.Check(result, path);
                tally.Complete();
                return candidate;
            }
        }

        throw new FileException(FileError.AlreadyExists, $"{path} exists {NumberedName.Most} times already; choose another name.");
    }

    private byte[] Mark() => [(byte)'w', .. name.AsSpan(..^1)];
}
