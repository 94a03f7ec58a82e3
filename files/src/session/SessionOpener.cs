using Argosy.Ledger;
using Microsoft.Extensions.Logging;

namespace Argosy.Files;

/// <summary>
/// Opens homes for logins. The first one to open a home after a crash settles what was left there, and one an hour sweeps out what has
/// expired; the first one with a quota after a boot counts it.
/// </summary>
/// <param name="storage">Where the homes are.</param>
/// <param name="ledger">Where usage is counted.</param>
/// <param name="minFree">Bytes of disk that uploads leave free.</param>
/// <param name="keep">How long an unfinished upload waits for its client.</param>
/// <param name="log">Where events go.</param>
/// <param name="clock">What the time is; null for the system's.</param>
internal sealed class SessionOpener(
    IStorage storage, Ledger.Ledger ledger, long minFree, TimeSpan keep, ILogger log, TimeProvider? clock = null) : ISessionOpener
{
    private static readonly TimeSpan SettleInterval = TimeSpan.FromHours(1);
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly Dictionary<string, DateTimeOffset> _settled = [];

    public async ValueTask<FileSession> OpenAsync(SessionGrant grant, IOffload offload)
    {
        IHome? home = null;
        try
        {
            // Rules about paths hold for names; a link would be a second name for the same thing.
            home = await storage.OpenHomeAsync(grant.Home, followLinks: grant.Paths.Count == 0, offload);
            var usage = new HomeUsage(ledger.Counter(home.Identity), grant.QuotaBytes, grant.QuotaFiles);
            await SettleInTurnAsync(home, usage);
            if (usage.HasLimit && usage.IsUncounted)
            {
                await CountAsync(home, usage.Counter);
            }

            return new FileSession(grant, home, usage, minFree, offload, log);
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
        await using var home = await storage.OpenHomeAsync(place, followLinks: false, offload);
        await SettleAsync(home, new HomeUsage(ledger.Counter(home.Identity), null, null));
    }

    /// <summary>Counts a home, unless somebody else did while this waited for its turn.</summary>
    public static ValueTask CountAsync(IHome home, Counter counter) => home.CountAsync(counted => Bookkeeping.Try(() =>
    {
        if (counter.NeedsCount)
        {
            counter.Reset(new(counted.Bytes, counted.Files));
        }
    }));

    private async ValueTask SettleInTurnAsync(IHome home, HomeUsage usage)
    {
        if (!TakeTurn(home.Identity))
        {
            return;
        }

        try
        {
            await SettleAsync(home, usage);
        }
        catch
        {
            lock (_settled)
            {
                _settled.Remove(home.Identity); // The next one tries again.
            }

            throw;
        }
    }

    private bool TakeTurn(string home)
    {
        var now = _clock.GetUtcNow();
        lock (_settled)
        {
            // A clock that was set back or forward must not keep the next turn away.
            if (_settled.TryGetValue(home, out var last) && (now - last).Duration() < SettleInterval)
            {
                return false;
            }

            _settled[home] = now;
            return true;
        }
    }

    private async ValueTask SettleAsync(IHome home, HomeUsage usage)
    {
        // Marks name staged files, so they are asked about before those are swept.
        foreach (var intent in Bookkeeping.Try(ledger.OpenIntents))
        {
            if (intent.Key == home.Identity)
            {
                var happened = await home.HappenedAsync(intent.Mark);
                Bookkeeping.Try(() => intent.Settle(happened));
                log.Settled(Escaped.Text(intent.Mark.Span), happened);
            }
        }

        await home.SweepAsync(_clock.GetUtcNow().UtcDateTime - keep, () => new LeaseTally(usage, enforced: false));
    }
}
