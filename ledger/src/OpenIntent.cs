namespace Argosy.Ledger;

/// <summary>A commit whose process died between intent and completion.</summary>
public sealed class OpenIntent
{
    private readonly Table _table;
    private readonly int _slot;
    private readonly Record _record;
    private readonly Guid _generation;

    internal OpenIntent(Table table, string key, int slot, Record record)
    {
        (_table, Key, _slot, _record) = (table, key, slot, record);
        _generation = table.Generation;
        Mark = record.TextBytes.ToArray();
    }

    /// <summary>The counter's key.</summary>
    public string Key { get; }

    /// <summary>The mark given to <see cref="Lease.BeginCommit"/>.</summary>
    public ReadOnlyMemory<byte> Mark { get; }

    /// <summary>What would be settled.</summary>
    public Amount Amount => _record.Second;

    /// <summary>Ends the intent: the step had happened (its amount becomes settled) or not (it is dropped).</summary>
    public void Settle(bool happened) => Settle(happened ? Amount : default);

    /// <summary>Ends the intent of a step of many parts. Nothing happens where another process settled it meanwhile.</summary>
    /// <param name="happened">What the parts that had happened changed.</param>
    public void Settle(Amount happened)
    {
        using (_table.Enter())
        {
            if (_table.Generation != _generation || !_table.Trust(_slot)) return;
            if (_table[_slot].Kind != RecordKind.Intent || _table[_slot].Serial != _record.Serial) return;

            var counter = _record.CounterSlot;
            if (!_table.Trust(counter)) return;

            var usage = _table[counter];
            usage.Second -= _record.First;
            usage.Changes++;
            usage.First = (usage.First + happened).AtLeastZero();
            _table.Commit((counter, usage), (_slot, default));
        }
    }
}
