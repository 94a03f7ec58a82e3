namespace Argosy.Ledger;

/// <summary>What must hold of a whole table.</summary>
internal static class TableCheck
{
    /// <summary>What is wrong, or null.</summary>
    internal static string? Fault(ReadOnlySpan<Record> records)
    {
        var keys = new HashSet<string>();
        var leased = new Dictionary<int, Amount>();
        for (var slot = 0; slot < records.Length; slot++)
        {
            ref readonly var record = ref records[slot];
            if (!record.IsSound()) return $"record {slot} is damaged";

            if (record.Kind == RecordKind.Counter)
            {
                if (!keys.Add(Convert.ToHexString(record.TextBytes))) return $"record {slot} repeats a key";
            }
            else if (record.Kind != RecordKind.Free)
            {
                if ((uint)record.CounterSlot >= (uint)records.Length || records[record.CounterSlot].Kind != RecordKind.Counter)
                    return $"record {slot} belongs to no counter";
                if (!Amount.TryAdd(leased.GetValueOrDefault(record.CounterSlot), record.First, out var sum))
                    return $"record {slot} holds too much";

                leased[record.CounterSlot] = sum;
            }
        }

        for (var slot = 0; slot < records.Length; slot++)
        {
            if (records[slot].Kind == RecordKind.Counter && records[slot].Second != leased.GetValueOrDefault(slot))
                return $"the leases of record {slot} do not add up";
        }

        return null;
    }
}
