using Argosy.Ledger;

namespace Argosy.Files;

/// <summary>
/// Whose turn it is to settle a home: one login's after something may have been left there. All processes that serve a data folder take turns
/// together, through the ledger; one that is emptied begins anew.
/// </summary>
internal sealed class SettlingTurns(Ledger.Ledger ledger)
{
    // Its number of files: how often all began anew.
    private readonly Counter _beginnings = ledger.Counter("settled homes");

    /// <summary>Something may have been left: every home is settled at its next login.</summary>
    public void BeginAnew() => Bookkeeping.Try(() => _beginnings.Add(new(0, 1)));

    /// <summary>Takes the home's turn where nobody has.</summary>
    public bool TryTake(Counter home) => Bookkeeping.Try(() => home.TryTakeTurn(1 + _beginnings.Settled.Files));

    /// <summary>The home was not settled after all.</summary>
    public void GiveBack(Counter home) => Bookkeeping.Try(home.GiveTurnBack);
}
