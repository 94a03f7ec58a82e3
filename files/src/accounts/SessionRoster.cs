using Argosy.Ledger;

namespace Argosy.Files;

/// <summary>The sessions that run in this process, so that they can be ended. Thread-safe.</summary>
internal sealed class SessionRoster
{
    private readonly HashSet<Entry> _entries = [];
    private readonly Lock _gate = new();

    internal Entry Add(Account? account, SessionOrigin origin, IReadOnlyList<string> closed)
    {
        var entry = new Entry(this, account, origin, closed);
        lock (_gate) _entries.Add(entry);
        return entry;
    }

    internal IReadOnlyList<Entry> List()
    {
        lock (_gate) return [.. _entries];
    }

    /// <summary>One session; its account is null for a visitor.</summary>
    internal sealed class Entry(SessionRoster roster, Account? account, SessionOrigin origin, IReadOnlyList<string> closed)
    {
        private readonly CancellationTokenSource _ended = new();
        /// <summary>What it holds until it is released.</summary>
        internal IDisposable? Place { get; set; }

        /// <summary>As it was at the login.</summary>
        internal Account? Account { get; } = account;

        internal SessionOrigin Origin { get; } = origin;

        /// <summary>Other accounts' homes inside its own.</summary>
        internal IReadOnlyList<string> Closed { get; } = closed;

        internal CancellationToken Ended => _ended.Token;

        /// <summary>Takes one of the account's places, counted among all processes; false where none is free.</summary>
        internal bool TryTakePlace(Counter places, int most)
        {
            Place = Bookkeeping.Try(() =>
            {
                // Only leases count here, and they go with their processes: there is nothing to count first.
                if (places.NeedsCount) places.Reset(default);
                return places.TryLease(new Amount(1, 0), new Amount(most, -1));
            });
            return Place is not null;
        }

        /// <summary>Fires <see cref="Ended"/>; what listens to it runs on the pool.</summary>
        internal Task EndAsync() => _ended.CancelAsync();

        internal void Release()
        {
            lock (roster._gate)
            {
                if (!roster._entries.Remove(this)) return;
            }

            Place?.Dispose();
        }
    }
}
