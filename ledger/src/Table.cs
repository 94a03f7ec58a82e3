using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Argosy.Ledger;

/// <summary>
/// The mapped file as a table of records. Everything happens between <see cref="Enter"/> and the end of its scope, where this
/// thread of this process is alone with the file.
/// </summary>
internal sealed class Table : IDisposable
{
    private const int HeaderSize = 4096;
    private const int FirstSlots = 192;

    private readonly MappedFile _file;
    private readonly Guid _boot;
    private readonly ILogger? _log;
    private readonly Lock _gate = new();
    private int _free;
    private bool _disposed;

    internal Table(MappedFile file, Guid boot, ILogger? log) => (_file, _boot, _log) = (file, boot, log);

    /// <summary>Changes when the table was emptied: every slot number from before is void.</summary>
    internal Guid Generation => Header.Generation;

    internal ref readonly Record this[int slot] => ref Records[slot];

    private ref TableHeader Header => ref MemoryMarshal.AsRef<TableHeader>(_file.Bytes);

    private ref Journal Journal => ref MemoryMarshal.AsRef<Journal>(_file.Bytes[TableHeader.Size..]);

    private Span<Record> Records
    {
        get
        {
            var bytes = _file.Bytes[HeaderSize..];
            return MemoryMarshal.Cast<byte, Record>(bytes[..(bytes.Length / Record.Size * Record.Size)]);
        }
    }

    /// <summary>Takes the lock of this process, then that of the machine, and brings the mapping up to date.</summary>
    internal Scope Enter()
    {
        _gate.Enter();
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(Ledger));
            _file.Lock();
            try
            {
                Refresh();
                return new Scope(this);
            }
            catch
            {
                _file.Unlock();
                throw;
            }
        }
        catch
        {
            _gate.Exit();
            throw;
        }
    }

    /// <summary>The slot of a counter, or -1.</summary>
    internal int FindCounter(ReadOnlySpan<byte> key)
    {
        var records = Records;
        for (var slot = 0; slot < records.Length; slot++)
        {
            if (records[slot].Kind == RecordKind.Counter && records[slot].TextBytes.SequenceEqual(key)) return slot;
        }

        return -1;
    }

    /// <summary>A slot that is free; the table grows where none is.</summary>
    internal int Allocate()
    {
        for (var more = true; more; more = Reclaim() > 0)
        {
            var count = Records.Length;
            for (var i = 0; i < count; i++)
            {
                var slot = (_free + i) % count;
                if (this[slot].Kind != RecordKind.Free) continue;

                _free = slot + 1;
                return slot;
            }
        }

        var first = Records.Length;
        _file.Extend(HeaderSize + (2L * first * Record.Size));
        _file.Map();
        _free = first + 1;
        return first;
    }

    internal IEnumerable<int> SlotsOf(RecordKind kind)
    {
        for (var slot = 0; slot < Records.Length; slot++)
        {
            if (this[slot].Kind == kind) yield return slot;
        }
    }

    internal bool HasLeases(int counter) =>
        SlotsOf(RecordKind.Lease).Concat(SlotsOf(RecordKind.Intent)).Any(slot => this[slot].CounterSlot == counter);

    /// <summary>True where a commit of that counter was begun by a process that is gone.</summary>
    internal bool HasDeadIntents(int counter) =>
        SlotsOf(RecordKind.Intent).Any(slot => this[slot].CounterSlot == counter && !this[slot].Owner.IsAlive());

    /// <summary>
    /// Takes back leases whose owners have ended (of one counter, or of all) and returns their number. Open intents stay: only their
    /// readers can tell what happened.
    /// </summary>
    internal int Reclaim(int? counter = null)
    {
        var alive = new Dictionary<Owner, bool> { [Owner.Self] = true };
        var reclaimed = 0;
        foreach (var slot in SlotsOf(RecordKind.Lease))
        {
            var lease = this[slot];
            if (counter is not null && lease.CounterSlot != counter) continue;
            if (!alive.TryGetValue(lease.Owner, out var lives)) alive[lease.Owner] = lives = lease.Owner.IsAlive();
            if (lives) continue;

            if (!lease.IsSound() || !IsCounter(lease.CounterSlot)) continue;

            var usage = this[lease.CounterSlot];
            usage.Second -= lease.First;
            Commit((lease.CounterSlot, usage), (slot, default));
            reclaimed++;
        }

        return reclaimed;
    }

    /// <summary>True where the slot exists and holds a sound counter.</summary>
    internal bool IsCounter(int slot) =>
        (uint)slot < (uint)Records.Length && this[slot].Kind == RecordKind.Counter && this[slot].IsSound();

    /// <summary>Changes records, all or none, even if this process is killed in between.</summary>
    internal void Commit(params ReadOnlySpan<(int Slot, Record Record)> changes)
    {
        Note(changes);
        Journal.Apply(Records);
    }

    /// <summary>The first half of <see cref="Commit"/>: from here on the changes are certain.</summary>
    internal void Note(params ReadOnlySpan<(int Slot, Record Record)> changes) => Journal.Write(changes);

    /// <summary>Checks the whole table; empties it where something is wrong.</summary>
    internal void Verify()
    {
        if (TableCheck.Fault(Records) is { } fault) Empty(fault);
    }

    /// <summary>Empties the table unless the record at <paramref name="slot"/> is sound; true where it is.</summary>
    internal bool Trust(int slot)
    {
        if (this[slot].IsSound()) return true;

        Empty($"record {slot} is damaged");
        return false;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed) return;

            _disposed = true;
            _file.Dispose();
        }
    }

    private void Refresh()
    {
        var length = _file.Length;
        if (length > 0 && length == _file.MappedLength)
        {
            if (Header.IsSound(_boot) && Journal.TryFinish(Records)) return;
        }
        else if (length > Math.Max(_file.MappedLength, HeaderSize + Record.Size - 1))
        {
            _file.Map();
            if (Header.IsSound(_boot) && Journal.TryFinish(Records)) return;
        }
        else
        {
            // New, or somebody cut it: what is mapped must exist before it is touched.
            _file.Extend(Math.Max(_file.MappedLength, HeaderSize + (FirstSlots * Record.Size)));
            _file.Map();
        }

        Empty(length == 0 ? null : Header.Fault(_boot) ?? "its journal is damaged");
    }

    private void Empty(string? fault)
    {
        // A restart of the machine is nobody's fault: worth a line, not a warning.
        var level = Header.IsFromAnotherBoot(_boot) ? LogLevel.Information : LogLevel.Warning;
        if (fault is not null) _log?.Log(level, "The ledger {Path} is started afresh, usage will be counted again: {Fault}.", _file.Path, fault);

        Header = default;
        _file.Bytes[TableHeader.Size..].Clear();
        Header = TableHeader.Create(_boot);
        _free = 0;
    }

    /// <summary>The time during which this thread is alone with the file.</summary>
    internal readonly ref struct Scope(Table table)
    {
        /// <summary>Frees the locks.</summary>
        public void Dispose()
        {
            table._file.Unlock();
            table._gate.Exit();
        }
    }
}
