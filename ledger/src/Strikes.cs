namespace Argosy.Ledger;

/// <summary>When a key is out, and for how long.</summary>
/// <param name="Limit">How many strikes within <paramref name="Window"/> put it out.</param>
/// <param name="Window">Counted from the first of them.</param>
/// <param name="Penalty">How long it is out.</param>
public sealed record StrikeRule(int Limit, TimeSpan Window, TimeSpan Penalty);

/// <summary>
/// Counts strikes against keys in one memory-mapped file, shared by every process that serves the same data folder, and tells which keys are
/// out. It knows keys and times; what they mean is its callers' business.
/// </summary>
/// <remarks>
/// Thread-safe. The file never grows: where too many keys have strikes, those that are not out and began first are forgotten. Every call takes one
/// kernel file lock for about a microsecond and looks at eight entries. A file that is damaged or from before the last boot is emptied. The
/// file must not be removed while a process has it open, or the others keep count without those that come later.
/// </remarks>
public sealed class Strikes : IDisposable
{
    private readonly MappedFile _file;
    private readonly StrikeRule _rule;
    private readonly TimeProvider _clock;
    private readonly Guid _boot;
    private readonly Lock _gate = new();
    private bool _disposed;

    private Strikes(MappedFile file, StrikeRule rule, TimeProvider clock, Guid boot) => (_file, _rule, _clock, _boot) = (file, rule, clock, boot);

    /// <summary>Opens or creates the file <paramref name="path"/>. Several processes may have it open; they should follow the same rule.</summary>
    /// <param name="path">The file; made with mode 0600.</param>
    /// <param name="rule">When a key is out.</param>
    /// <param name="clock">Its timestamps, which no change of the machine's time touches, are compared among processes.</param>
    /// <exception cref="IOException">The file cannot be opened or the disk is full.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be opened.</exception>
    public static Strikes Open(string path, StrikeRule rule, TimeProvider? clock = null) =>
        Open(path, rule, clock ?? TimeProvider.System, Boot.Id);

    internal static Strikes Open(string path, StrikeRule rule, TimeProvider clock, Guid boot)
    {
        var strikes = new Strikes(new MappedFile(path), rule, clock, boot);
        try
        {
            strikes.Enter().Dispose();
            return strikes;
        }
        catch
        {
            strikes.Dispose();
            throw;
        }
    }

    /// <summary>Counts a strike. True for the one that puts the key out; none is counted against a key that is out already.</summary>
    public bool Add(UInt128 key)
    {
        using (Enter())
        {
            var now = Now;
            ref var entry = ref Table.Claim(key, now, _rule);
            if (entry.IsOut(now, _rule)) return false;
            if (!entry.Counts(now, _rule)) entry = new Strike { Key = key, Since = now };
            if (++entry.Count < _rule.Limit) return false;

            entry.Until = now + Milliseconds(_rule.Penalty);
            return true;
        }
    }

    /// <summary>True while the key is out.</summary>
    public bool IsOut(UInt128 key)
    {
        using (Enter())
            return Table.Find(key) is var at && at >= 0 && Table.Entries[at].IsOut(Now, _rule);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed) return;

            _disposed = true;
            _file.Dispose();
        }
    }

    internal static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;

    private StrikeTable Table => new(_file.Bytes);

    private long Now => Milliseconds(_clock.GetElapsedTime(0));

    private Scope Enter()
    {
        _gate.Enter();
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(Strikes));
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

    private void Refresh()
    {
        // What is mapped must exist before it is touched, even where somebody cut the file.
        if (_file.Length < StrikeTable.Size) _file.Extend(StrikeTable.Size);
        if (_file.MappedLength < StrikeTable.Size) _file.Map();
        if (!Table.IsOf(_boot)) Table.Empty(_boot);
    }

    private readonly ref struct Scope(Strikes strikes)
    {
        public void Dispose()
        {
            strikes._file.Unlock();
            strikes._gate.Exit();
        }
    }
}
