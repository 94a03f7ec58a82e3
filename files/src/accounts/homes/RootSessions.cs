using Argosy.Ledger;

namespace Argosy.Files;

/// <summary>
/// Which homes the sessions of ROOT are kept out of, counted among all processes. A home inside ROOT is opened only when every session of ROOT is kept
/// out of it: one that began before the account came may run in another process, or still be busy in this one.
/// </summary>
/// <remarks>
/// Each session leases one file and as many bytes as the number says that stands for the homes it knows (<see cref="HomeMap.InnerStamp"/>). All know the
/// same where the bytes are the files times that number; a lease goes with its process.
/// </remarks>
internal sealed class RootSessions(Ledger.Ledger ledger)
{
    private readonly Counter _sessions = ledger.Counter("sessions in ROOT");

    /// <summary>A session of ROOT begins; dispose of it when the session has ended.</summary>
    /// <exception cref="FileException"><see cref="FileError.Storage"/>: the ledger failed.</exception>
    internal Lease Enter(HomeMap homes) => Bookkeeping.Try(() => _sessions.TryLease(new Amount(homes.InnerStamp, 1), HomeUsage.NoLimit))!;

    /// <summary>True where every session of ROOT knows exactly the homes of <paramref name="homes"/>.</summary>
    /// <exception cref="FileException"><see cref="FileError.Storage"/>: the ledger failed.</exception>
    internal bool AllKnow(HomeMap homes)
    {
        var leased = Bookkeeping.Try(() => _sessions.Leased);
        return leased.Bytes == leased.Files * homes.InnerStamp;
    }
}
