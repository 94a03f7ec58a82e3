using Argosy.Ledger;

namespace Argosy.Files;

/// <summary>A session's view of what its home holds: the shared counter, and the account's limits on it.</summary>
internal sealed class HomeUsage(Counter counter, long? mostBytes, long? mostFiles)
{
    public static readonly Amount NoLimit = new(-1, -1);

    public Counter Counter => counter;

    public long? MostBytes => mostBytes;

    public long? MostFiles => mostFiles;

    public bool HasLimit => mostBytes is not null || mostFiles is not null;

    /// <summary>The ledger was found damaged since this session was opened: count before the next upload.</summary>
    public bool NeedsCount { get; set; }

    /// <summary>What the ledger compares with; negative for no limit.</summary>
    public Amount Limit { get; } = new(mostBytes ?? -1, mostFiles ?? -1);

    /// <summary>What the home holds and what uploads under way have reserved.</summary>
    public Amount Used => Bookkeeping.Try(() => counter.Used);

    /// <summary>True where it is not known what the home holds.</summary>
    public bool IsUncounted => Bookkeeping.Try(() => counter.NeedsCount);

    /// <summary>How many more bytes fit at this moment.</summary>
    public long FreeBytes => mostBytes is { } most ? Math.Max(0, most - Used.Bytes) : long.MaxValue;

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

    /// <summary>Reserves and writes the intent of a step that comes next, or throws <see cref="FileError.OverQuota"/>.</summary>
    /// <param name="amount">What the step needs.</param>
    /// <param name="change">What it changes; at most that.</param>
    /// <param name="mark">Its name.</param>
    /// <param name="enforced">False: whatever the limit.</param>
    /// <param name="before">Completed first.</param>
    public Lease Begin(Amount amount, Amount change, ReadOnlySpan<byte> mark, bool enforced, Lease? before = null)
    {
        var (named, limit) = (mark.ToArray(), enforced ? LimitFor(amount) : NoLimit);
        try
        {
            return Bookkeeping.Try(() => counter.TryBegin(amount, limit, change, named, before)) ?? throw Refusal();
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
        var limits = string.Join(" and ", new[] { mostBytes is null ? null : $"{mostBytes} bytes", mostFiles is null ? null : $"{mostFiles} files" }
            .OfType<string>());
        return new(FileError.OverQuota, $"The quota of {limits} would be exceeded; remove something or ask for more.");
    }

    private FileException Uncounted(Exception unknown)
    {
        NeedsCount = true;
        return new(FileError.Storage, "What the home holds has to be counted again; try again.", unknown);
    }

    /// <summary>What adds nothing to a number is not stopped by its limit, even where that was lowered below what is there.</summary>
    private Amount LimitFor(Amount amount) => new(amount.Bytes == 0 ? -1 : Limit.Bytes, amount.Files == 0 ? -1 : Limit.Files);
}
