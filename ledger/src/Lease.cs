namespace Argosy.Ledger;

/// <summary>
/// A reservation owned by this process (pid and start time); it returns by itself when the process dies. Disposing it
/// gives it back. Thread-safe.
/// </summary>
/// <remarks>It survives a ledger that was found damaged and emptied: its next call enters it again.</remarks>
public sealed class Lease : IDisposable
{
    private readonly Table _table;
    private readonly Counter _counter;
    private Record _record;
    private int _slot;
    private Guid _generation;
    private bool _ended;

    internal Lease(Table table, Counter counter, int slot, Record record)
    {
        (_table, _counter, _slot, _record) = (table, counter, slot, record);
        _generation = table.Generation;
    }

    /// <summary>What it holds now.</summary>
    public Amount Held
    {
        get
        {
            using (_table.Enter())
                return _ended ? default : _record.First;
        }
    }

    /// <summary>True once it was completed or given back.</summary>
    public bool HasEnded => _ended;

    /// <summary>Asks for more; false leaves it as it was. Costs a microsecond or two: ask for slabs of about 1 MiB, not for each write.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="more"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">The lease has ended or its commit has begun.</exception>
    /// <exception cref="NotCountedException">There is a limit, and the ledger was found damaged and emptied.</exception>
    public bool TryGrow(Amount more, Amount limit)
    {
        Counter.RequireNatural(more);
        using (_table.Enter())
        {
            Require(RecordKind.Lease);
            var counter = Locate();
            if (!_counter.TryReserve(counter, more, limit, out var usage)) return false;

            var lease = _record;
            lease.First += more;
            Write(counter, usage, lease);
            return true;
        }
    }

    /// <summary>
    /// Writes the intent to turn this lease into <paramref name="settled"/> usage, named by <paramref name="mark"/> (at most 64 bytes)
    /// so that a restart can find out whether the step in between happened. Then take the step and call <see cref="Complete()"/>.
    /// </summary>
    /// <param name="settled">At most what is held; negative where the step frees something.</param>
    /// <param name="mark">The caller's name for the step.</param>
    /// <exception cref="ArgumentException">The mark is too long, or more is to be settled than is held: grow first.</exception>
    /// <exception cref="InvalidOperationException">The lease has ended or its commit has begun.</exception>
    public void BeginCommit(Amount settled, ReadOnlySpan<byte> mark)
    {
        using (_table.Enter())
        {
            Require(RecordKind.Lease);
            var intent = Intent(_record, settled, mark);
            var counter = Locate();
            intent.CounterSlot = _record.CounterSlot;
            Write(counter, _table[counter], intent);
        }
    }

    /// <summary>Settles the intent and ends the lease, in one step.</summary>
    /// <exception cref="InvalidOperationException">The lease has ended, or no commit was begun.</exception>
    public void Complete()
    {
        using (_table.Enter())
        {
            Require(RecordKind.Intent);
            End(_record.Second);
        }
    }

    /// <summary>The same for a step of many parts, of which some happened and some did not.</summary>
    /// <param name="settled">What happened; at most what is held.</param>
    /// <exception cref="ArgumentException">It is more than that.</exception>
    /// <exception cref="InvalidOperationException">The lease has ended, or no commit was begun.</exception>
    public void Complete(Amount settled)
    {
        using (_table.Enter())
        {
            Require(RecordKind.Intent);
            RequireHeld(_record, settled);
            End(settled);
        }
    }

    /// <summary>Gives back what is held, also when a commit was begun: then its step must not have happened.</summary>
    public void Dispose()
    {
        try
        {
            using (_table.Enter())
            {
                if (!_ended) End(default);
            }
        }
        catch (Exception failed) when (failed is ObjectDisposedException or IOException or UnauthorizedAccessException)
        {
            // The ledger was closed first, or its disk fails: what is held returns when this process ends. Who disposes has more to clean up.
            _ended = true;
        }
    }

    /// <summary>A lease's record once its commit has begun.</summary>
    internal static Record Intent(Record lease, Amount settled, ReadOnlySpan<byte> mark)
    {
        if (mark.Length > 64) throw new ArgumentException($"A mark has at most 64 bytes; this one has {mark.Length}.", nameof(mark));
        RequireHeld(lease, settled);
        lease.Kind = RecordKind.Intent;
        lease.Second = settled;
        lease.SetText(mark);
        return lease;
    }

    private static void RequireHeld(in Record lease, Amount settled)
    {
        if (settled.Bytes > lease.First.Bytes || settled.Files > lease.First.Files)
            throw new ArgumentException($"{settled} is more than the {lease.First} that the lease holds: grow it first.", nameof(settled));
    }

    private void End(Amount settled)
    {
        var counter = Locate();
        var usage = _table[counter];
        usage.Second -= _record.First;
        usage.First = (usage.First + settled).AtLeastZero();
        if (_record.Kind == RecordKind.Intent) usage.Changes++;
        _table.Commit((counter, usage), (_slot, default));
        _ended = true;
    }

    private void Write(int counter, Record usage, Record lease)
    {
        _table.Commit((counter, usage), (_slot, lease));
        _record = lease;
    }

    private void Require(RecordKind kind)
    {
        if (_ended) throw new InvalidOperationException("The lease has ended.");
        if (_record.Kind != kind)
            throw new InvalidOperationException(kind == RecordKind.Lease ? "The lease's commit has begun." : "No commit was begun.");
    }

    /// <summary>The slot of the counter's record; enters this lease again where the table was emptied.</summary>
    private int Locate()
    {
        var counter = _counter.Locate();
        if (_generation == _table.Generation && _table.Trust(_slot) && _table[_slot].Serial == _record.Serial) return counter;

        counter = _counter.Locate();
        _slot = _table.Allocate();
        _generation = _table.Generation;
        _record.CounterSlot = counter;
        var usage = _table[counter];
        usage.Second += _record.First;
        _table.Commit((counter, usage), (_slot, _record));
        return counter;
    }
}
