namespace Argosy.Ledger;

/// <summary>One key's usage: what is settled and what leases hold. Thread-safe.</summary>
public sealed class Counter
{
    private readonly Table _table;
    private readonly byte[] _keyBytes;
    private Guid _generation;
    private int _slot;

    internal Counter(Table table, string key, byte[] keyBytes) => (_table, Key, _keyBytes) = (table, key, keyBytes);

    /// <summary>The name it was asked for by.</summary>
    public string Key { get; }

    /// <summary>
    /// True until <see cref="Reset"/> was called since the machine booted, or since the ledger was found damaged: the caller has to
    /// count for itself first.
    /// </summary>
    public bool NeedsCount => Read().Counted == 0;

    /// <summary>A counter for something else about the same thing.</summary>
    /// <param name="word">What it counts.</param>
    public Counter Beside(string word) => new(_table, $"{word} {Key}", System.Text.Encoding.UTF8.GetBytes($"{word} {Key}"));

    /// <summary>Settled usage, without leases.</summary>
    public Amount Settled => Read().First;

    /// <summary>What leases of living processes and unsettled intents of dead ones hold on top.</summary>
    public Amount Leased => Read(reclaim: true).Second;

    /// <summary>Settled and leased together, at one moment: what a limit is compared with.</summary>
    public Amount Used
    {
        get
        {
            var record = Read(reclaim: true);
            return record.First + record.Second;
        }
    }

    /// <summary>
    /// How often settled usage changed, or may have (<see cref="Touch"/>). Who reads it, counts, and finds it the same has counted what nobody
    /// changed meanwhile: see <see cref="TryReset"/>. Only equality means something.
    /// </summary>
    public long Changes => Read().Changes;

    /// <summary>Something that is counted changed without being more or less: whoever counts at this moment may have seen it twice or not at all.</summary>
    public void Touch() => Add(default);

    /// <summary>Sets the settled usage after a count. Leases are not touched.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    /// <exception cref="OverflowException">With what is leased it does not fit.</exception>
    public void Reset(Amount counted)
    {
        RequireNatural(counted);
        using (_table.Enter()) ResetWithin(counted);
    }

    /// <summary>
    /// <see cref="Reset"/>, unless something changed since <see cref="Changes"/> was read, or a process died in a step that is not settled yet
    /// (<see cref="Ledger.OpenIntents"/>): the count may contain it or not. False: count again. No step may be under way elsewhere.
    /// </summary>
    /// <param name="counted">What was counted.</param>
    /// <param name="changes">What <see cref="Changes"/> was before.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    /// <exception cref="OverflowException">With what is leased it does not fit.</exception>
    public bool TryReset(Amount counted, long changes)
    {
        RequireNatural(counted);
        using (_table.Enter())
        {
            var slot = Locate();
            if (_table[slot].Changes != changes || _table.HasDeadIntents(slot)) return false;

            ResetWithin(counted);
            return true;
        }
    }

    /// <summary>
    /// Takes a turn that is to be taken once, whichever process does; false where it was taken. A ledger that is emptied has seen no turns.
    /// </summary>
    /// <param name="turn">Which one; not zero.</param>
    public bool TryTakeTurn(long turn)
    {
        using (_table.Enter())
        {
            var record = _table[Locate()];
            if (record.Turn == turn) return false;

            record.Turn = turn;
            _table.Commit((_slot, record));
            return true;
        }
    }

    /// <summary>The turn was not used after all: the next one to ask for it gets it.</summary>
    public void GiveTurnBack() => TryTakeTurn(0);

    /// <summary>Changes the settled usage at once (a deletion, a rename over a file); never below zero.</summary>
    /// <exception cref="OverflowException">The sum does not fit; nothing changed.</exception>
    public void Add(Amount change)
    {
        using (_table.Enter())
        {
            var record = _table[Locate()];
            record.First = (record.First + change).AtLeastZero();
            record.Changes++;
            _ = record.First + record.Second;
            _table.Commit((_slot, record));
        }
    }

    /// <summary>
    /// Reserves <paramref name="amount"/> if settled + leased + amount stays within <paramref name="limit"/> (a negative component
    /// is no limit, and a component that asks for nothing fits), atomically among all processes; null where it does not fit.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The amount is negative.</exception>
    /// <exception cref="NotCountedException">There is a limit and <see cref="NeedsCount"/>.</exception>
    public Lease? TryLease(Amount amount, Amount limit) => TryLease(amount, limit, new Record { Kind = RecordKind.Lease });

    /// <summary><see cref="TryLease(Amount, Amount)"/> and <see cref="Lease.BeginCommit"/> at once, for a step that comes next.</summary>
    /// <param name="amount">What is reserved.</param>
    /// <param name="limit">What settled and leased together may be.</param>
    /// <param name="settled">What the step changes; at most what is reserved.</param>
    /// <param name="mark">The caller's name for the step.</param>
    /// <exception cref="ArgumentException">The mark is too long, or more is to be settled than is held.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The amount is negative.</exception>
    /// <exception cref="NotCountedException">There is a limit and <see cref="NeedsCount"/>.</exception>
    public Lease? TryBegin(Amount amount, Amount limit, Amount settled, ReadOnlySpan<byte> mark) =>
        TryLease(amount, limit, Lease.Intent(new Record { First = amount }, settled, mark));

    private Lease? TryLease(Amount amount, Amount limit, Record lease)
    {
        RequireNatural(amount);
        using (_table.Enter())
        {
            // Allocating may grow or tidy the table, so it comes before the counter is read.
            var counter = Locate();
            var slot = _table.Allocate();
            if (!TryReserve(counter, amount, limit, out var usage)) return null;

            (lease.First, lease.CounterSlot, lease.Owner, lease.Serial) = (amount, counter, Owner.Self, NewSerial());
            _table.Commit((counter, usage), (slot, lease));
            return new Lease(_table, this, slot, lease);
        }
    }

    /// <summary>What the counter would be with <paramref name="amount"/> more leased; false where that exceeds the limit.</summary>
    internal bool TryReserve(int slot, Amount amount, Amount limit, out Record usage)
    {
        usage = _table[slot];
        if (usage.Counted == 0 && limit is not { Bytes: < 0, Files: < 0 }) throw new NotCountedException(Key);

        if (!Fits(ref usage) && (_table.Reclaim(slot) == 0 || !Fits(ref usage))) return false;

        usage.Second += amount;
        return true;

        // Who asks for nothing gets it, also above a limit that was lowered: that is how one gets below it.
        static bool Within(long sum, long more, long limit) => more == 0 || limit < 0 || sum <= limit;

        bool Fits(ref Record record)
        {
            record = _table[slot];
            return Amount.TryAdd(record.First, record.Second, out var used)
                && Amount.TryAdd(used, amount, out var sum)
                && Within(sum.Bytes, amount.Bytes, limit.Bytes)
                && Within(sum.Files, amount.Files, limit.Files);
        }
    }

    /// <summary>The slot of this counter's record, made where it is missing. Within a scope of the table.</summary>
    internal int Locate()
    {
        if (_generation == _table.Generation && _table.Trust(_slot) && IsOwn(_slot)) return _slot;

        _slot = _table.FindCounter(_keyBytes);
        if (_slot < 0 || !_table.Trust(_slot))
        {
            _slot = _table.Allocate();
            // Random, so that who counts while the table is emptied does not take it for unchanged.
            var record = new Record { Kind = RecordKind.Counter, Changes = NewSerial() };
            record.SetText(_keyBytes);
            _table.Commit((_slot, record));
        }

        _generation = _table.Generation;
        return _slot;
    }

    internal static long NewSerial() => Random.Shared.NextInt64(1, long.MaxValue);

    internal static void RequireNatural(Amount amount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(amount.Bytes);
        ArgumentOutOfRangeException.ThrowIfNegative(amount.Files);
    }

    private void ResetWithin(Amount counted)
    {
        var record = _table[Locate()];
        _ = counted + record.Second;
        record.First = counted;
        record.Counted = 1;
        _table.Commit((_slot, record));
    }

    private bool IsOwn(int slot) => _table[slot].Kind == RecordKind.Counter && _table[slot].TextBytes.SequenceEqual(_keyBytes);

    private Record Read(bool reclaim = false)
    {
        using (_table.Enter())
        {
            var slot = Locate();
            if (reclaim && _table[slot].Second != default) _table.Reclaim(slot);
            return _table[slot];
        }
    }
}
