using Argosy.Ledger;
using Microsoft.Extensions.Logging;

namespace Argosy.Files;

/// <summary>
/// Opens homes for logins. The first one to open a home after a crash settles what was left there, and one an hour sweeps out what has
/// expired, whichever process it is in; the first one with a quota after a boot counts it.
/// </summary>
internal sealed class SessionOpener : ISessionOpener
{
    private readonly IStorage _storage;
    private readonly Ledger.Ledger _ledger;
    private readonly long _minFree;
    private readonly TimeSpan _keep;
    private readonly ILogger _log;
    private readonly TimeProvider _clock;
    private readonly SettlingTurns _turns;

    /// <param name="storage">Where the homes are.</param>
    /// <param name="ledger">Where usage is counted.</param>
    /// <param name="minFree">Bytes of disk that uploads leave free.</param>
    /// <param name="keep">How long an unfinished upload waits for its client.</param>
    /// <param name="log">Where events go.</param>
    /// <param name="clock">What the time is; null for the system's.</param>
    /// <param name="isMember">False where this process owns the data folder: then whatever was before it may have crashed.</param>
    public SessionOpener(
        IStorage storage, Ledger.Ledger ledger, long minFree, TimeSpan keep, ILogger log, TimeProvider? clock = null, bool isMember = false)
    {
        (_storage, _ledger, _minFree, _keep, _log, _clock) = (storage, ledger, minFree, keep, log, clock ?? TimeProvider.System);
        _turns = new SettlingTurns(ledger, _clock);
        if (!isMember)
        {
            _turns.BeginAnew();
        }
    }

    public async ValueTask<FileSession> OpenAsync(SessionGrant grant, IOffload offload)
    {
        IHome? home = null;
        try
        {
            // Rules about paths hold for names; a link would be a second name for the same thing.
            home = await _storage.OpenHomeAsync(grant.Home, followLinks: grant.Paths.Count == 0, offload);
            var usage = new HomeUsage(_ledger.Counter(home.Identity), grant.QuotaBytes, grant.QuotaFiles);
            await SettleInTurnAsync(home, usage);
            if (usage.HasLimit && usage.IsUncounted)
            {
                await CountAsync(home, usage.Counter);
            }

            return new FileSession(grant, home, usage, _minFree, offload, _log);
        }
        catch
        {
            if (home is not null)
            {
                await home.DisposeAsync();
            }

            grant.Release();
            throw;
        }
    }

    /// <summary>Settles, sweeps and expires what earlier processes left in a home, without a session.</summary>
    public async ValueTask SettleAsync(string place, IOffload offload)
    {
        await using var home = await _storage.OpenHomeAsync(place, followLinks: false, offload);
        await SettleAsync(home, new HomeUsage(_ledger.Counter(home.Identity), null, null));
    }

    /// <summary>Counts a home, unless somebody else did while this waited for its turn.</summary>
    public static ValueTask CountAsync(IHome home, Counter counter) => home.CountAsync(counted => Bookkeeping.Try(() =>
    {
        if (counter.NeedsCount)
        {
            counter.Reset(new(counted.Bytes, counted.Files));
        }
    }));

    /// <inheritdoc/>
    public void SettleAnew() => _turns.BeginAnew();

    private async ValueTask SettleInTurnAsync(IHome home, HomeUsage usage)
    {
        if (!_turns.TryTake(home.Identity))
        {
            return;
        }

        try
        {
            await SettleAsync(home, usage);
        }
        catch
        {
            _turns.GiveBack(home.Identity); // The next one tries again.
            throw;
        }
    }

    private async ValueTask SettleAsync(IHome home, HomeUsage usage)
    {
        // Marks name staged files, so they are asked about before those are swept.
        foreach (var intent in Bookkeeping.Try(_ledger.OpenIntents))
        {
            if (intent.Key == home.Identity)
            {
                var happened = await home.HappenedAsync(intent.Mark);
                Bookkeeping.Try(() => intent.Settle(happened));
                _log.Settled(Escaped.Text(intent.Mark.Span), happened);
            }
        }

        await home.SweepAsync(_clock.GetUtcNow().UtcDateTime - _keep, () => new LeaseTally(usage, enforced: false));
    }
}
