using Microsoft.Win32.SafeHandles;

namespace Argosy.Files;

/// <summary>
/// An upload under way, staged where nobody sees it. The front end moves bytes in by <see cref="WriteAsync"/>, or reserves room, lets the kernel
/// write into <see cref="File"/> and tells <see cref="AdvanceAsync"/>; quota is enforced in all of them. Disposing without a commit keeps it when
/// it has an upload id, else discards it.
/// </summary>
public sealed class Upload : IAsyncDisposable
{
    private const int SmallHash = 64 << 10;

    private readonly FileSession _session;
    private readonly UploadRequest _request;
    private readonly IStaged _staged;
    private readonly Reservation _room;
    private readonly ContentCheck? _check;
    private readonly OnExisting _onExisting;
    private bool _ended;

    internal Upload(FileSession session, UploadRequest request, IStaged staged, Reservation room, ContentCheck? check, OnExisting onExisting, long offset)
    {
        (_session, _request, _staged, _room, _check, _onExisting) = (session, request, staged, room, check, onExisting);
        Offset = offset;
    }

    /// <summary>Bytes that are there: where the next ones go.</summary>
    public long Offset { get; private set; }

    /// <summary>
    /// Of the bytes that were there when this was opened, so many from the beginning are known to be what was sent. After the machine has started anew the others
    /// may be holes: they are to be compared by <see cref="HashAsync"/>, from the first to the last, before anything is built on them.
    /// </summary>
    public long Trusted => _staged.Trusted;

    /// <summary>The staged file for the kernel to write to at <see cref="Offset"/>; null where the storage has none or a checksum is due.</summary>
    public SafeFileHandle? File => _check is null ? _staged.File : null;

    /// <summary>Modification time to give the file; null for now.</summary>
    public DateTime? Modified { get; set; }

    /// <summary>Permission bits to give the file, within the server's umask; null for the default.</summary>
    public int? Mode { get; set; }

    /// <summary>Adds bytes at <see cref="Offset"/>: all of them, or none.</summary>
    /// <exception cref="FileException"><see cref="FileError.OverQuota"/>, <see cref="FileError.NoSpace"/>, <see cref="FileError.Mismatch"/>
    /// for more than the announced length, <see cref="FileError.SessionEnded"/>.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data)
    {
        RequireAnnounced(data.Length);
        if (await ReserveAsync(data.Length) < data.Length)
        {
            throw _session.Usage.Refusal();
        }

        await _staged.WriteAsync(Offset, data);
        if (_check is not null)
        {
            await AppendAsync(_check, data);
        }

        Offset += data.Length;
    }

    /// <summary>Writes over bytes that were received before, all of them or none; they take no new room.</summary>
    /// <exception cref="FileException"><see cref="FileError.Mismatch"/> for bytes beyond those received, <see cref="FileError.SessionEnded"/>.</exception>
    public async ValueTask ReplaceAsync(long offset, ReadOnlyMemory<byte> data)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ObjectDisposedException.ThrowIf(_ended, this);
        _session.RequireLive();
        if (data.Length > Offset - offset)
        {
            throw new FileException(FileError.Mismatch, UploadText.OnlyReceived(_request.Path, Offset));
        }

        await _staged.WriteAsync(offset, data);
    }

    /// <summary>From this offset on, what was received is not what was sent. It stays, but nothing is built on it until it was compared (<see cref="HashAsync"/>) and
    /// replaced.</summary>
    public ValueTask DoubtAsync(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ObjectDisposedException.ThrowIf(_ended, this);
        return _staged.DoubtAsync(offset);
    }

    /// <summary>A checksum of bytes that were received, read from where they lie. Who asks for it compares them: they are <see cref="Trusted"/> then,
    /// and it is the asker's business to replace what differs.</summary>
    /// <param name="algorithm">Which checksum.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="end">First byte that no longer counts.</param>
    public async ValueTask<Checksum> HashAsync(ChecksumAlgorithm algorithm, long offset, long end)
    {
        var checksum = await ContentCheck.RangeAsync(algorithm, _staged.ReadAsync, offset, Math.Min(end, Offset), _session);
        _staged.Vouch(offset, Math.Min(end, Offset));
        return checksum;
    }

    /// <summary>
    /// Reserves room for bytes that the kernel shall write to <see cref="File"/> at <see cref="Offset"/>: how many of the wanted ones may be moved now, at least 1
    /// unless 0 were wanted.
    /// </summary>
    /// <exception cref="FileException">As for <see cref="WriteAsync"/>.</exception>
    public async ValueTask<long> ReserveAsync(long wanted)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(wanted);
        ObjectDisposedException.ThrowIf(_ended, this);
        _session.RequireLive();
        RequireAnnounced(Math.Min(wanted, 1));
        if (_request.Length is { } length)
        {
            wanted = Math.Min(wanted, length - Offset);
        }

        await _session.RequireSpaceAsync(wanted);
        var room = _room.Grow(Offset + wanted) - Offset;
        return room > 0 || wanted == 0 ? room : throw _session.Usage.Refusal();
    }

    /// <summary>Accounts for bytes that the kernel wrote to <see cref="File"/> after <see cref="ReserveAsync"/> made room for them.</summary>
    /// <exception cref="FileException"><see cref="FileError.OverQuota"/>: more were written than there is room for.</exception>
    public ValueTask AdvanceAsync(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ObjectDisposedException.ThrowIf(_ended, this);
        _session.RequireLive();
        if (_room.Grow(Offset + count) < Offset + count)
        {
            throw _session.Usage.Refusal();
        }

        Offset += count;
        return default;
    }

    /// <summary>Verifies length and checksums, publishes atomically, and returns the entry under its final name.</summary>
    /// <exception cref="FileException"><see cref="FileError.Mismatch"/>: nothing was published, and what was staged is gone; for a missing part of the
    /// announced length it is kept where it has an upload id. <see cref="FileError.AlreadyExists"/>: a file came in the way meanwhile.</exception>
    public async ValueTask<FileEntry> CommitAsync(IReadOnlyList<Checksum>? expected = null)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        _session.RequireLive();
        if (_request.Length is { } length && Offset < length)
        {
            throw new FileException(FileError.Mismatch, UploadText.BytesMissing(_request.Path, length - Offset, length));
        }

        if (await FindMismatchAsync(expected) is { } mismatch)
        {
            await AbandonAsync();
            throw new FileException(FileError.Mismatch, mismatch);
        }

        using var tally = _room.Settle();
        FileEntry entry;
        try
        {
            entry = await _staged.PublishAsync(new(_onExisting, Modified, Mode), Offset, tally);
        }
        catch
        {
            tally.Dispose();
            await EndAsync(tally.IsComplete, discard: _request.UploadId is null);
            throw;
        }

        await EndAsync(published: true, discard: false);
        _session.Log.Uploaded(_session.Name, _request.Path.Parent.Child(entry.Name.Span), Offset);
        return entry;
    }

    /// <summary>Discards what was staged and gives its quota back.</summary>
    public ValueTask AbandonAsync() => _ended ? default : EndAsync(published: false, discard: true);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _ended ? default : EndAsync(published: false, discard: _request.UploadId is null);

    private async ValueTask EndAsync(bool published, bool discard)
    {
        _ended = true;
        _check?.Dispose();
        try
        {
            if (!published)
            {
                await LeaveAsync(discard);
            }
        }
        finally
        {
            _room.Dispose();
            await _staged.DisposeAsync();
        }
    }

    private async ValueTask LeaveAsync(bool discard)
    {
        if (!discard)
        {
            _room.Dispose();
            using var keeping = new LeaseTally(_session.Usage);
            try
            {
                await _staged.KeepAsync(Offset, keeping);
                return;
            }
            catch (FileException refused) when (refused.Error == FileError.OverQuota)
            {
                // It replaces a file that still counts, and both together do not fit.
            }
        }

        using var tally = new LeaseTally(_session.Usage);
        await _staged.DiscardAsync(tally);
    }

    /// <summary>Takes what was received before into the checksums.</summary>
    internal async ValueTask CheckReceivedAsync()
    {
        if (_check is not null && Offset > 0)
        {
            await _check.AppendAsync(_staged.ReadAsync, 0, Offset, _session.Offload, _session, _session.Ended);
        }
    }

    private void RequireAnnounced(long more)
    {
        if (_request.Length is { } length && more > length - Offset)
        {
            throw new FileException(FileError.Mismatch, UploadText.MoreThanAnnounced(_request.Path, length));
        }
    }

    private async ValueTask<string?> FindMismatchAsync(IReadOnlyList<Checksum>? expected)
    {
        foreach (var checksum in expected ?? [])
        {
            var computed = _check?.Result(checksum.Algorithm) ?? await ReadBackAsync(checksum.Algorithm);
            if (checksum.Mismatch(computed, _request.Path) is { } mismatch)
            {
                return mismatch;
            }
        }

        return null;
    }

    /// <summary>A checksum that nobody asked for before the bytes passed: what is staged is read once more.</summary>
    private async ValueTask<Checksum> ReadBackAsync(ChecksumAlgorithm algorithm)
    {
        using var check = new ContentCheck([algorithm]);
        await check.AppendAsync(_staged.ReadAsync, 0, Offset, _session.Offload, _session, CancellationToken.None);
        return check.Result(algorithm)!;
    }

    private async ValueTask AppendAsync(ContentCheck check, ReadOnlyMemory<byte> data)
    {
        if (data.Length <= SmallHash)
        {
            check.Append(data.Span);
            return;
        }

        await _session.Offload.RunAsync(
            static work =>
            {
                work.check.Append(work.data.Span);
                return true;
            },
            (check, data));
    }
}
