using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Argosy.Ledger;

/// <summary>
/// New contents of records, complete before the first record is touched: who finds it filled, copies it again. A process killed
/// at any instruction leaves either no change or one that the next holder of the lock finishes.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Journal
{
    private const int Capacity = 4;

    private long _count;
    private ulong _checksum;
    private Entries _entries;

    /// <summary>Notes the changes; they are certain from here on.</summary>
    internal void Write(ReadOnlySpan<(int Slot, Record Record)> changes)
    {
        for (var i = 0; i < changes.Length; i++)
        {
            _entries[i] = new Entry { Slot = changes[i].Slot, Record = changes[i].Record };
            _entries[i].Record.Seal();
        }

        _checksum = Checksum(changes.Length);
        Volatile.Write(ref _count, changes.Length);
    }

    /// <summary>Makes the noted changes.</summary>
    internal void Apply(Span<Record> records)
    {
        foreach (ref readonly var entry in ((ReadOnlySpan<Entry>)_entries)[..(int)_count])
            records[(int)entry.Slot] = entry.Record;

        Volatile.Write(ref _count, 0);
    }

    /// <summary>Makes changes that a killed process left; false where they are not to be trusted.</summary>
    internal bool TryFinish(Span<Record> records)
    {
        if (_count == 0) return true;
        if (_count is < 0 or > Capacity || _checksum != Checksum((int)_count)) return false;

        foreach (ref readonly var entry in ((ReadOnlySpan<Entry>)_entries)[..(int)_count])
        {
            if ((ulong)entry.Slot >= (ulong)records.Length || !entry.Record.IsSound()) return false;
        }

        Apply(records);
        return true;
    }

    private readonly ulong Checksum(int count) =>
        Record.Crc(MemoryMarshal.AsBytes(((ReadOnlySpan<Entry>)_entries)[..count]));

    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        internal long Slot;
        internal Record Record;
    }

    [InlineArray(Capacity)]
    private struct Entries
    {
        private Entry _first;
    }
}
