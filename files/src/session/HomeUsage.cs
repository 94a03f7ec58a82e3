using Argosy.Ledger;

namespace Argosy.Files;

/// <summary>A session's view of what its home holds: the shared counter, and the account's limits on it.</summary>
internal sealed class HomeUsage(Counter counter, long? mostBytes, long? mostFiles)
{
    public static readonly Amount NoLimit = new(-1, -1);

    // One reference, so that another thread never sees the bytes of one quota with the files of another.
    private volatile Limits _limits = new(mostBytes, mostFiles);
    private volatile bool _needsCount;
    private Counter? _replaced;

    public Counter Counter => counter;

    public long? MostBytes => _limits.Bytes;

    public long? MostFiles => _limits.Files;

    public bool HasLimit => _limits is not { Bytes: null, Files: null };

    /// <summary>The home may be uncounted, because the ledger was found damaged or a limit is new: look, and count, before the next upload.</summary>
    public bool NeedsCount
    {
        get => _needsCount;
        set => _needsCount = value;
    }

    /// <summary>What the home holds and what uploads under way have reserved.</summary>
    public Amount Used => Bookkeeping.Try(() => counter.Used);

    /// <summary>True where it is not known what the home holds.</summary>
    public bool IsUncounted => Bookkeeping.Try(() => counter.NeedsCount);

    /// <summary>How many more bytes fit at this moment.</summary>
    public long FreeBytes => MostBytes is { } most ? Math.Max(0, most - Used.Bytes) : long.MaxValue;

    /// <summary>
    /// Replaces the account's limits, from any thread. What is reserved already stays; whatever is reserved from now on, also for an upload under
    /// way, is compared with the new ones. What nobody has counted, because there was no limit, is counted before the next upload.
    /// </summary>
    /// <param name="bytes">Most bytes; null for no limit.</param>
    /// <param name="files">Most files; null for no limit.</param>
    public void Limit(long? bytes, long? files)
    {
        _limits = new(bytes, files);
        NeedsCount |= HasLimit;
    }

    /// <summary>Reserves, or throws <see cref="FileError.OverQuota"/>.</summary>
    public Lease Lease(Amount amount)
    {
        try
        {
            return Bookkeeping.Try(() => counter.TryLease(amount, LimitFor(amount))) ?? throw Refusal();
        }
        catch (NotCountedException unknown)
        {
            throw Uncounted(unknown);
        }
    }

    /// <summary>
    /// What uploads under way are going to replace still lies on the disk, and what they bring as well. Together they may ride on twice the quota, so
    /// that one that stalls is not in the way of its own second try, and however many there are, the disk holds three times the quota at most.
    /// </summary>
    /// <param name="bytes">What will be freed.</param>
    /// <returns>Null where there is no limit.</returns>
    /// <exception cref="FileException"><see cref="FileError.OverQuota"/>.</exception>
    public Lease? LeaseReplaced(long bytes)
    {
        if (MostBytes is not { } most)
        {
            return null;
        }

        return Bookkeeping.Try(() =>
        {
            var replaced = _replaced ??= counter.Beside("replaced");
            if (replaced.NeedsCount)
            {
                replaced.Reset(default); // Only leases count here.
            }

            return replaced.TryLease(new(bytes, 0), new(most > long.MaxValue / 2 ? -1 : 2 * most, -1));
        }) ?? throw new FileException(FileError.OverQuota, UploadText.TooMuchReplaced);
    }

    /// <summary>Reserves and writes the intent of a step that comes next, or throws <see cref="FileError.OverQuota"/>.</summary>
    /// <param name="amount">What the step needs.</param>
    /// <param name="change">What it changes; at most that.</param>
    /// <param name="mark">Its name.</param>
    /// <param name="enforced">False: whatever the limit.</param>
    public Lease Begin(Amount amount, Amount change, ReadOnlySpan<byte> mark, bool enforced)
    {
        var (named, limit) = (mark.ToArray(), enforced ? LimitFor(amount) : NoLimit);
        try
        {
            return Bookkeeping.Try(() => counter.TryBegin(amount, limit, change, named)) ?? throw Refusal();
        }
        catch (NotCountedException unknown)
        {
            throw Uncounted(unknown);
        }
    }

    /// <summary>Grows a lease, or returns false.</summary>
    public bool TryGrow(Lease lease, Amount more)
    {
        try
        {
            return Bookkeeping.Try(() => lease.TryGrow(more, LimitFor(more)));
        }
        catch (NotCountedException unknown)
        {
            throw Uncounted(unknown);
        }
    }

    public FileException Refusal()
    {
        var (bytes, files) = _limits;
        return new(FileError.OverQuota, UploadText.OverQuota(bytes, files));
    }

    private FileException Uncounted(Exception unknown)
    {
        NeedsCount = true;
        return new(FileError.Storage, StorageText.CountedAgain, unknown);
    }

    /// <summary>What adds nothing to a number is not stopped by its limit, even where that was lowered below what is there.</summary>
    private Amount LimitFor(Amount amount)
    {
        var (bytes, files) = _limits;
        return new(amount.Bytes == 0 ? -1 : bytes ?? -1, amount.Files == 0 ? -1 : files ?? -1);
    }

    private sealed record Limits(long? Bytes, long? Files);
}
