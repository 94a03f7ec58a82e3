using Microsoft.Extensions.Logging;

namespace Argosy.Files;

/// <summary>
/// Opens homes for logins. The first one to open a home after a crash settles what was left there; the first one with a quota after a boot has it
/// counted, and those that come meanwhile wait for the same count.
/// </summary>
internal sealed class SessionOpener : ISessionOpener
{
    private readonly IStorage _storage;
    private readonly Ledger.Ledger _ledger;
    private readonly long _minFree;
    private readonly ILogger _log;
    private readonly SettlingTurns _turns;
    private readonly HomeBooks _books;
    private readonly RareLine _refusals = new();

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
        (_storage, _ledger, _minFree, _log) = (storage, ledger, minFree, log);
        (_turns, _books) = (new SettlingTurns(ledger), new HomeBooks(storage, ledger, log));
        Sweeper = new HomeSweeper(storage, ledger, _books, keep, log, clock ?? TimeProvider.System);
        if (!isMember)
        {
            _turns.BeginAnew();
        }
    }

    /// <summary>Tidies up in the background.</summary>
    internal HomeSweeper Sweeper { get; }

    public async ValueTask<FileSession> OpenAsync(SessionGrant grant, IOffload offload)
    {
        IHome? home = null;
        try
        {
            // Rules about paths hold for names; a link would be a second name for the same thing.
            home = await _storage.OpenHomeAsync(grant.Home, followLinks: grant.Paths.Count == 0, offload);
            var usage = new HomeUsage(_ledger.Counter(home.Identity), grant.QuotaBytes, grant.QuotaFiles);
            await SettleInTurnAsync(home, usage);
            if (usage.HasLimit)
            {
                await _books.CountAsync(grant.Home, usage);
            }

            return new FileSession(grant, home, usage, _books, _minFree, offload, _log, _refusals);
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

    /// <inheritdoc/>
    public void SettleAnew()
    {
        _turns.BeginAnew();
        Sweeper.Wake(count: false);
    }

    public void BeginSweeping(Func<IReadOnlyCollection<string>> places) => Sweeper.Begin(places);

    public void CountAnew() => Sweeper.Wake(count: true);

    public ValueTask CloseAsync() => Sweeper.DisposeAsync();

    private async ValueTask SettleInTurnAsync(IHome home, HomeUsage usage)
    {
        if (!_turns.TryTake(usage.Counter))
        {
            return;
        }

        try
        {
            await _books.SettleAsync(home, usage);
        }
        catch
        {
            _turns.GiveBack(usage.Counter); // The next one tries again.
            throw;
        }
    }
}
