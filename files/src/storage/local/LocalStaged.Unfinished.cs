namespace Argosy.Files;

/// <content>
/// What an unfinished upload has of earlier sessions, and how far that is what was sent. Bytes of this boot are: the kernel has them. What came before
/// another boot of the machine may be holes, unless it was on the disk before its record was; it is kept, and counts as nothing until
/// somebody has compared it.
/// </content>
internal sealed partial class LocalStaged
{
    private readonly FileIdentity _identity;
    private long _held; // Bytes that were there when it was opened.
    private bool _hasBegun;
    private bool _isOther; // What is there belongs to another file.
    private UnfinishedRecord? _offered;

    /// <summary>What is known of an unfinished upload.</summary>
    public UnfinishedRecord? Record => _record;

    /// <summary>Bytes that its session may build on.</summary>
    public long Received { get; private set; }

    /// <summary>Bytes from the beginning that are what was sent.</summary>
    public long Trusted { get; private set; }

    private bool IsUnfinished => _name[0] == 'u';

    private byte[] AboutName => [(byte)'a', .. _name.AsSpan(1)];

    /// <summary>True where nothing that came before another boot is doubtful.</summary>
    private bool IsSound => Trusted >= Received;

    /// <summary>True for what is kept only to be published, and once an unfinished upload was accepted.</summary>
    public bool IsAccepted => _offered is null;

    /// <summary>An unfinished upload to go on with, or to begin anew where it is of another file; nothing changes before <see cref="Accept"/>.</summary>
    public void Offer(StageRequest request, string uploadId)
    {
        var known = _record;
        if (known is null || (known.Length is { } before && request.Length is { } now && before != now))
        {
            (Received, Trusted, _isOther) = (0, 0, true);
            known = new(request.Owner, uploadId, request.Path, request.Length, UnfinishedRecord.ThisBoot, _identity, Settled);
        }

        if (!request.Trust)
        {
            Received = Trusted; // What lies behind stays until something is written.
        }

        _offered = known with { Length = request.Length ?? known.Length };
    }

    /// <summary>Goes on with what was offered.</summary>
    public void Accept()
    {
        if (_isOther)
        {
            Errno.Check(Kernel.SetLength(Number, 0), _path);
            _held = 0;
        }

        Remember(_offered!);
        _offered = null;
    }

    /// <summary>Somebody has compared bytes with what was sent.</summary>
    public void Vouch(long offset, long end)
    {
        if (offset <= Trusted)
        {
            Trusted = Math.Max(Trusted, Math.Min(end, Received));
        }
    }

    /// <summary>From an offset on bytes are no longer what was sent.</summary>
    public void Doubt(long offset)
    {
        Trusted = Math.Min(Trusted, offset);
        if (_record is not null && _record.Synced > Trusted)
        {
            Remember(_record with { Synced = Trusted });
        }
    }

    public void Keep(long length, ITally tally)
    {
        if (!_hasBegun && _held > Received)
        {
            (length, Received) = (_held, _held); // Nobody wrote: what is there waits for somebody who compares it.
        }

        using var lent = Descriptor.Lend(_file);
        SetLength(lent.Number, length);
        if (_tree.IsStrict)
        {
            Errno.Check(Kernel.SyncData(lent.Number), _path);
        }

        if (_record is not null)
        {
            Settle(Judged(_record, length) with { Settled = new(length, 1) }, tally);
        }
    }

    /// <summary>The record with what is now known about its bytes.</summary>
    private UnfinishedRecord Judged(UnfinishedRecord record, long length) => record with
    {
        Boot = IsSound ? UnfinishedRecord.ThisBoot : record.Boot == UnfinishedRecord.ThisBoot ? Guid.Empty : record.Boot,
        Synced = !_tree.IsStrict ? 0 : IsSound ? length : Math.Min(Trusted, length),
    };

    private void Settle(UnfinishedRecord kept, ITally tally)
    {
        if (kept.Settled == Settled)
        {
            Remember(kept);
            return;
        }

        var draft = kept.WriteDraft(Staging, _tree.IsStrict, out var identity);
        using (_tree.Staging.HomeLock.Enter())
        {
            // Where this fails the draft stays until its process has ended: without it, its intent would say that the step has happened.
            tally.Begin(kept.Settled - Settled, StepMark.Leaves(Staging, draft, identity));
            using var folder = Staging.Lend();
            Errno.Check(Kernel.Rename(folder.Number, draft, folder.Number, AboutName), _path);
            _record = kept;
            tally.Complete();
        }

        Staging.Sync(_tree.IsStrict);
    }

    /// <summary>Bytes that are written over are no longer on the disk for certain.</summary>
    private void BeginWriting(long offset)
    {
        BeginWriting();
        if (_record is not null && _record.Synced > offset)
        {
            Remember(_record with { Synced = offset });
        }
    }

    /// <summary>Cuts what nobody may build on before something is written, and says that what is left is sound.</summary>
    private void BeginWriting()
    {
        if (_hasBegun)
        {
            return;
        }

        _hasBegun = true;
        if (_held <= Received)
        {
            return;
        }

        Errno.Check(Kernel.SetLength(Number, Received), _path);
        _held = Received;
        if (_record is not null)
        {
            Remember(_record with { Boot = UnfinishedRecord.ThisBoot });
        }
    }

    /// <summary>Writes a record whose usage is the same.</summary>
    private void Remember(UnfinishedRecord known)
    {
        if (known != _record)
        {
            known.Write(Staging, AboutName, _tree.IsStrict);
            _record = known;
        }
    }
}
