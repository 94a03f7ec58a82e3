using Argosy.Ledger;

namespace Argosy.Files;

/// <summary>
/// Whose turn it is to settle a home: one login's after something may have been left there, and one an hour. All processes that serve a data
/// folder take turns together, through the ledger; one that is emptied begins anew.
/// </summary>
internal sealed class SettlingTurns(Ledger.Ledger ledger, TimeProvider clock)
{
    private const long Interval = 3_600_000;

    // Its number of files: how often all began anew. A home's counter keeps that, and when its last turn was (bytes: milliseconds).
    private readonly Counter _beginnings = ledger.Counter("settled homes");

    /// <summary>Something may have been left: every home is settled at its next login.</summary>
    public void BeginAnew() => Bookkeeping.Try(() => _beginnings.Add(new(0, 1)));

    /// <summary>Takes the home's turn where it is due. Two that take it at one moment do the same work twice, which harms nothing.</summary>
    public bool TryTake(string home) => Bookkeeping.Try(() =>
    {
        var turn = Turn(home);
        var (last, now) = (turn.Settled, new Amount(clock.GetUtcNow().ToUnixTimeMilliseconds(), _beginnings.Settled.Files));

        // A clock that was set back or forward must not keep the next turn away.
        if (last.Files == now.Files && Math.Abs(now.Bytes - last.Bytes) < Interval)
        {
            return false;
        }

        turn.Reset(now);
        return true;
    });

    /// <summary>The home was not settled after all.</summary>
    public void GiveBack(string home) => Bookkeeping.Try(() => Turn(home).Reset(default));

    private Counter Turn(string home) => ledger.Counter($"settled {home}");
}
