using Argosy.Ledger;

namespace Argosy.Files;

/// <summary>The sessions that run in this process, so that they can be ended. Thread-safe.</summary>
internal sealed class SessionRoster
{
    private readonly HashSet<Entry> _entries = [];
    private readonly Lock _gate = new();
    private long _last;

    internal Entry Add(Account? account, SessionOrigin origin, IReadOnlyList<string> closed)
    {
        var entry = new Entry(this, account, origin, closed, Interlocked.Increment(ref _last));
        lock (_gate) _entries.Add(entry);
        return entry;
    }

    /// <summary>In an order in which the youngest end where an account has too many: whoever has no place yet takes one, the oldest first; whoever has one
    /// may lose it, the youngest first.</summary>
    internal IReadOnlyList<Entry> List()
    {
        lock (_gate) return [.. _entries.OrderBy(entry => entry.HasPlace).ThenBy(entry => entry.HasPlace ? -entry.Number : entry.Number)];
    }

    /// <summary>One session; its account is null for a visitor.</summary>
    internal sealed class Entry(SessionRoster roster, Account? account, SessionOrigin origin, IReadOnlyList<string> closed, long number)
    {
        private readonly CancellationTokenSource _ended = new();
        private readonly Lock _holding = new();
        private volatile Account? _account = account;
        private FileSession? _session;
        private IDisposable? _place;
        private Lease? _inRoot;
        private bool _released;

        /// <summary>Later ones have a greater one.</summary>
        internal long Number => number;

        internal bool HasPlace => Volatile.Read(ref _place) is not null;

        /// <summary>As the session knows it: as it was at the login, or after the last change that the session took.</summary>
        internal Account? Account => _account;

        internal SessionOrigin Origin { get; } = origin;

        /// <summary>Other accounts' homes inside its own.</summary>
        internal IReadOnlyList<string> Closed { get; } = closed;

        internal CancellationToken Ended => _ended.Token;

        /// <summary>The session is open; where its account has changed since it was granted, it takes that now.</summary>
        internal void Open(FileSession session, Account? granted, long? defaultQuota)
        {
            lock (_holding)
            {
                _session = session;
                if (_account is { } now && !ReferenceEquals(now, granted)) session.Usage.Limit(now.QuotaBytes ?? defaultQuota, now.QuotaFiles);
            }
        }

        /// <summary>The account has changed and the session goes on, under its limits as they are now.</summary>
        internal void Take(Account after, long? defaultQuota)
        {
            lock (_holding)
            {
                _account = after;
                _session?.Usage.Limit(after.QuotaBytes ?? defaultQuota, after.QuotaFiles);
            }
        }

        /// <summary>
        /// Takes one of the account's places, counted among all processes; false where none is free. One that it has already is given back before, so
        /// that a limit which was lowered ends as many sessions as are too many.
        /// </summary>
        internal bool TryTakePlace(Counter places, int most)
        {
            lock (_holding)
            {
                _place?.Dispose();
                _place = null;
            }

            return TryHold(() =>
            {
                // Only leases count here, and they go with their processes: there is nothing to count first.
                if (places.NeedsCount) places.Reset(default);
                return places.TryLease(new Amount(1, 0), new Amount(most, -1));
            });
        }

        /// <summary>Takes a place and holds it until it is released; false where none is free.</summary>
        /// <exception cref="FileException"><see cref="FileError.Storage"/>: the ledger failed.</exception>
        internal bool TryHold(Func<IDisposable?> take)
        {
            lock (_holding)
            {
                if (_released) return true;

                _place = Bookkeeping.Try(take);
                return _place is not null;
            }
        }

        /// <summary>It is one of ROOT's sessions until it is released.</summary>
        internal void Hold(Lease inRoot)
        {
            lock (_holding)
            {
                if (_released) inRoot.Dispose();
                else _inRoot = inRoot;
            }
        }

        /// <summary>Fires <see cref="Ended"/>; what listens to it runs on the pool.</summary>
        internal Task EndAsync() => _ended.CancelAsync();

        internal void Release()
        {
            lock (roster._gate) roster._entries.Remove(this);
            lock (_holding)
            {
                if (_released) return;

                _released = true;
                _place?.Dispose();
                _inRoot?.Dispose();
            }
        }
    }
}
