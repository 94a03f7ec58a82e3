using Argosy.Ledger;

namespace Argosy.Files;

/// <summary>
/// The quota of one upload: what it will add to the home beyond what it replaces and what of it is counted already. Grows by
/// slabs, at the end by single bytes, so that the last byte of a quota can be used and not one more.
/// </summary>
internal sealed class Reservation : IDisposable
{
    private const long Slab = 1 << 20;

    private readonly HomeUsage _usage;
    private readonly long _credit;
    private readonly Lease _lease;
    private readonly Lease? _replacing;
    private Amount _held; // What the lease holds: asking the ledger costs a lock among processes.
    private bool _ended;

    /// <param name="usage">Whose usage it is.</param>
    /// <param name="counted">Bytes of the final file that are counted already.</param>
    /// <param name="replaced">Bytes that will be freed by it.</param>
    /// <param name="files">1 where a file is added, else 0.</param>
    /// <param name="length">Bytes to reserve at once.</param>
    /// <exception cref="FileException"><see cref="FileError.OverQuota"/>.</exception>
    public Reservation(HomeUsage usage, long counted, long replaced, long files, long length)
    {
        (_usage, _credit) = (usage, counted + replaced);
        _held = new(Math.Max(0, length - _credit), files);
        _replacing = replaced > 0 ? usage.LeaseReplaced(replaced) : null;
        try
        {
            _lease = usage.Lease(_held);
        }
        catch
        {
            _replacing?.Dispose();
            throw;
        }
    }

    /// <summary>The file may become this long now.</summary>
    public long Allowed => _credit + _held.Bytes;

    /// <summary>Makes room for the file to become <paramref name="length"/> bytes, or as much of that as there is.</summary>
    public long Grow(long length)
    {
        if (length > Allowed && !TryGrow(Math.Max(Slab, length - Allowed)) && !TryGrow(length - Allowed))
        {
            // The last bytes: what is free may go to somebody else between the look and the reservation.
            for (var free = _usage.FreeBytes; free > 0 && !TryGrow(Math.Min(free, length - Allowed)); free = Math.Min(free - 1, _usage.FreeBytes))
            {
            }
        }

        return Math.Min(length, Allowed);
    }

    /// <summary>The lease passes to a tally, which ends it.</summary>
    public LeaseTally Settle()
    {
        _ended = true;
        _replacing?.Dispose();
        return new LeaseTally(_usage, _lease, _held);
    }

    public void Dispose()
    {
        if (!_ended)
        {
            _replacing?.Dispose();
            _lease.Dispose();
        }
    }

    private bool TryGrow(long bytes)
    {
        var grown = _usage.TryGrow(_lease, new(bytes, 0));
        _held += grown ? new Amount(bytes, 0) : default;
        return grown;
    }
}
