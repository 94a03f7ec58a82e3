using System.Text;
using Microsoft.Extensions.Logging;

namespace Argosy.Ledger;

/// <summary>
/// Counters and leases in one memory-mapped file, shared by every process that serves the same data folder. It knows
/// keys and numbers; what they mean is its callers' business.
/// </summary>
/// <remarks>
/// Thread-safe. Every call takes one kernel file lock for a few microseconds; the kernel frees it when its holder dies, and a
/// journal finishes what a dying process began. Callers that spend in small steps lease in slabs of about 1 MiB and grow by
/// slabs. Processes are shared on Linux only, within one PID namespace; elsewhere one process at a time opens the file and
/// counts afresh. The file must not be removed or truncated while a process has it open.
/// </remarks>
public sealed class Ledger : IDisposable
{
    private readonly Table _table;

    private Ledger(Table table) => _table = table;

    /// <summary>Opens or creates the ledger in <paramref name="path"/>. Several processes may have it open.</summary>
    /// <param name="path">The file; made with mode 0600. One that is damaged, of another version or from before the last boot is
    /// emptied: every counter then needs a count.</param>
    /// <param name="log">Told when a damaged ledger is replaced.</param>
    /// <exception cref="IOException">The file cannot be opened or the disk is full.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be opened.</exception>
    public static Ledger Open(string path, ILogger? log = null) => Open(path, Boot.Id, log);

    internal static Ledger Open(string path, Guid boot, ILogger? log = null)
    {
        var table = new Table(new MappedFile(path), boot, log);
        try
        {
            using (table.Enter())
            {
                table.Verify();
                table.Reclaim();
            }

            return new Ledger(table);
        }
        catch
        {
            table.Dispose();
            throw;
        }
    }

    internal Table Table => _table;

    /// <summary>The counter named <paramref name="key"/>, made on first use.</summary>
    /// <exception cref="ArgumentException">The key is empty or longer than 256 bytes of UTF-8.</exception>
    public Counter Counter(string key)
    {
        var bytes = Encoding.UTF8.GetBytes(key);
        if (bytes.Length is 0 or > Record.MaxText)
            throw new ArgumentException($"A key has 1 to {Record.MaxText} bytes of UTF-8; this one has {bytes.Length}.", nameof(key));

        return new Counter(_table, key, bytes);
    }

    /// <summary>Removes a counter with all it knows; false where it does not exist or is leased.</summary>
    public bool Forget(string key)
    {
        using (_table.Enter())
        {
            var slot = _table.FindCounter(Encoding.UTF8.GetBytes(key));
            if (slot < 0) return false;

            _table.Reclaim(slot);
            if (_table[slot].Second != default || _table.HasLeases(slot)) return false;

            _table.Commit((slot, default));
            return true;
        }
    }

    /// <summary>Commits that were begun by processes that are gone and never completed. Settle each.</summary>
    public IReadOnlyList<OpenIntent> OpenIntents()
    {
        using (_table.Enter())
        {
            var intents = new List<OpenIntent>();
            foreach (var slot in _table.SlotsOf(RecordKind.Intent))
            {
                ref readonly var record = ref _table[slot];
                if (!record.IsSound() || !_table.IsCounter(record.CounterSlot) || record.Owner.IsAlive()) continue;

                var key = Encoding.UTF8.GetString(_table[record.CounterSlot].TextBytes);
                intents.Add(new OpenIntent(_table, key, slot, record));
            }

            return intents;
        }
    }

    /// <summary>The marks of all commits on a counter that were begun and not completed, whether their processes live or not.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Marks(string key)
    {
        using (_table.Enter())
        {
            var counter = _table.FindCounter(Encoding.UTF8.GetBytes(key));
            return [.. _table.SlotsOf(RecordKind.Intent).Where(slot => _table[slot].CounterSlot == counter)
                .Select(slot => (ReadOnlyMemory<byte>)_table[slot].TextBytes.ToArray())];
        }
    }

    /// <summary>Closes the file. Leases that were not disposed of stay until this process ends.</summary>
    public void Dispose() => _table.Dispose();
}
