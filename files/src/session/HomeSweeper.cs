using Argosy.Ledger;
using Microsoft.Extensions.Logging;

namespace Argosy.Files;

/// <summary>
/// Goes through all homes in the background, at the start and once an hour, without a login: removes what crashed processes and clients that never
/// came back have left, and, once a day or when asked to, counts what is counted once more, since files may come and go behind the server's back.
/// One process at a time does it; homes come one after the other, and use half a core at most.
/// </summary>
internal sealed class HomeSweeper : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private static readonly TimeSpan CountInterval = TimeSpan.FromDays(1);

    /// <summary>A home that takes longer is left to itself: its disk hangs, and the others should have their turn.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly IStorage _storage;
    private readonly Ledger.Ledger _ledger;
    private readonly HomeBooks _books;
    private readonly TimeSpan _keep;
    private readonly ILogger _log;
    private readonly TimeProvider _clock;
    private readonly SlowLane _lane = new(4, isLeisurely: true);
    private readonly Lock _lock = new();
    private Func<IReadOnlyCollection<string>>? _places;
    private IReadOnlyCollection<string> _known = [];
    private DateTimeOffset _counted = DateTimeOffset.MinValue;
    private ITimer? _timer;
    private Task _last = Task.CompletedTask;
    private bool _isWaiting;
    private volatile bool _isClosed;

    /// <param name="storage">Where the homes are.</param>
    /// <param name="ledger">Where usage is counted, and whose turn it is.</param>
    /// <param name="books">Counts.</param>
    /// <param name="keep">How long an unfinished upload waits for its client.</param>
    /// <param name="log">Where events go.</param>
    /// <param name="clock">What the time is.</param>
    public HomeSweeper(IStorage storage, Ledger.Ledger ledger, HomeBooks books, TimeSpan keep, ILogger log, TimeProvider clock) =>
        (_storage, _ledger, _books, _keep, _log, _clock) = (storage, ledger, books, keep, log, clock);

    /// <summary>Ends when all rounds that were asked for are done.</summary>
    public Task Idle
    {
        get
        {
            lock (_lock)
            {
                return _last;
            }
        }
    }

    /// <summary>Begins with a round at once.</summary>
    /// <param name="places">The homes that are served, at the moment it is called.</param>
    public void Begin(Func<IReadOnlyCollection<string>> places)
    {
        _places = places;
        _timer = _clock.CreateTimer(static state => ((HomeSweeper)state!).Wake(count: false), this, Interval, Interval);
        Wake(count: false);
    }

    /// <summary>A round soon.</summary>
    /// <param name="count">True counts every home again, whenever that was done last.</param>
    public void Wake(bool count)
    {
        lock (_lock)
        {
            _counted = count ? DateTimeOffset.MinValue : _counted;
            if (_places is null || _isWaiting || _isClosed)
            {
                return;
            }

            _isWaiting = true;
            _last = RunAfterAsync(_last);
        }
    }

    /// <summary>Sweeps a home, and counts it again where it was counted.</summary>
    /// <param name="place">The home; nothing happens where there is none, or nothing was ever left in it.</param>
    /// <param name="expired">Unfinished uploads that were written to last before that go.</param>
    /// <param name="count">Whether to count.</param>
    public async Task SweepAsync(string place, DateTime expired, bool count)
    {
        await using var home = await _storage.OpenIfUsedAsync(place, _lane);
        if (home is null)
        {
            return;
        }

        var usage = new HomeUsage(_ledger.Counter(home.Identity), null, null);
        await _books.SettleAsync(home, usage);
        await home.SweepAsync(expired, () => new LeaseTally(usage, enforced: false), () => Bookkeeping.Try(() => _ledger.Marks(home.Identity)));
        if (count && !usage.IsUncounted)
        {
            await _books.VerifyAsync(home, usage.Counter);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _isClosed = true;
        await (_timer?.DisposeAsync() ?? default);
    }

    private async Task RunAfterAsync(Task last)
    {
        await last.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        lock (_lock)
        {
            _isWaiting = false;
        }

        await TryAsync(SweepAllAsync);
    }

    private async Task SweepAllAsync()
    {
        var turns = _ledger.Counter("sweeping");
        if (turns.NeedsCount)
        {
            turns.Reset(default); // Only leases count here.
        }

        using var turn = turns.TryLease(new Amount(1, 0), new Amount(1, -1));
        if (turn is null)
        {
            return; // Another process does it.
        }

        var now = _clock.GetUtcNow();
        var count = TakeCount(now);
        var (places, gone) = (_places!(), _known.Except(_places()));
        foreach (var place in gone)
        {
            // Nobody can come back for what accounts that were removed had begun.
            await OneAsync(() => SweepAsync(place, DateTime.MaxValue, count: false));
        }

        foreach (var place in places)
        {
            await OneAsync(() => SweepAsync(place, now.UtcDateTime - _keep, count));
        }

        _known = places;
        await OneAsync(() => _storage.SweepStraysAsync(places, now.UtcDateTime - _keep, _lane).AsTask());
    }

    private bool TakeCount(DateTimeOffset now)
    {
        lock (_lock)
        {
            var isDue = now - _counted >= CountInterval;
            _counted = isDue ? now : _counted;
            return isDue;
        }
    }

    private async Task OneAsync(Func<Task> work)
    {
        if (!_isClosed)
        {
            await TryAsync(() => work().WaitAsync(Patience));
        }
    }

    private async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception failed) when (!_isClosed && failed is FileException or TimeoutException or IOException or UnauthorizedAccessException)
        {
            _log.NotSwept(failed.Message);
        }
        catch (Exception) when (_isClosed)
        {
            // Storage and ledger were closed meanwhile.
        }
    }
}
