using System.Globalization;

namespace Argosy.Ledger.Tests;

/// <summary>What several processes see of one ledger, and what one leaves that is killed.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Ledger _ledger;
    private readonly Counter _counter;

    public ProcessTests()
    {
        _ledger = Ledger.Open(_folder.Ledger);
        _counter = _ledger.Counter("home");
        _counter.Reset(default);
    }

    [Fact(Timeout = 60_000)]
    public async Task Many_processes_never_exceed_a_limit_together_and_lose_nothing()
    {
        var hosts = Enumerable.Range(0, 4)
            .Select(seed => HostProcess.Start("hammer", _folder.Ledger, "home", "2000", "1500", seed.ToString(CultureInfo.InvariantCulture)))
            .ToList();
        var outputs = await Task.WhenAll(hosts.Select(host => host.ReadToEndAsync()));
        hosts.ForEach(host => host.Dispose());

        Assert.All(outputs, output => Assert.DoesNotContain("over", output));
        var settled = outputs.Sum(output => long.Parse(output.Split("settled ")[1], CultureInfo.InvariantCulture));
        Assert.Equal(settled, _counter.Settled.Bytes);
        Assert.InRange(settled, 1500, 2000);
        Assert.Equal(default, _counter.Leased);
    }

    [Fact(Timeout = 60_000)]
    public async Task Many_threads_never_exceed_a_limit_together()
    {
        var most = new Amount(500, -1);
        var over = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 3000; i++)
            {
                using var lease = _counter.TryLease(new Amount(random.Next(100), 1), most);
                lease?.TryGrow(new Amount(random.Next(100), 0), most);
                if (_counter.Used.Bytes > 500) Interlocked.Increment(ref over);
            }
        })));

        Assert.Equal(0, over);
        Assert.Equal(default, _counter.Used);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_killed_holders_leases_come_back_when_somebody_needs_the_room()
    {
        using var host = HostProcess.Start("hold", _folder.Ledger, "home", "90");
        Assert.Equal("ready", await host.ReadLineAsync());
        Assert.Equal(new Amount(90, 1), _counter.Leased);
        Assert.Null(_counter.TryLease(new Amount(20, 1), new Amount(100, -1)));

        await host.KillAsync();

        using var lease = _counter.TryLease(new Amount(100, 1), new Amount(100, -1));
        Assert.NotNull(lease);
        Assert.Equal(new Amount(100, 1), _counter.Leased);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_killed_holders_commits_are_listed_and_settled_once()
    {
        using var done = HostProcess.Start("hold", _folder.Ledger, "home", "40", "done");
        using var undone = HostProcess.Start("hold", _folder.Ledger, "home", "7", "undone");
        Assert.Equal("ready", await done.ReadLineAsync());
        Assert.Equal("ready", await undone.ReadLineAsync());
        Assert.Empty(_ledger.OpenIntents());

        await done.KillAsync();
        await undone.KillAsync();

        // Until somebody knows better, the space is taken.
        Assert.Equal(new Amount(47, 2), _counter.Leased);
        using var restarted = Ledger.Open(_folder.Ledger);
        foreach (var intent in restarted.OpenIntents().Concat(_ledger.OpenIntents()))
        {
            Assert.Equal("home", intent.Key);
            intent.Settle(intent.Mark.Span.SequenceEqual("done"u8));
        }

        Assert.Equal(new Amount(40, 1), _counter.Settled);
        Assert.Equal(default, _counter.Leased);
        Assert.Empty(_ledger.OpenIntents());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_holder_killed_inside_the_lock_frees_it()
    {
        using var host = HostProcess.Start("lock", _folder.Ledger);
        Assert.Equal("ready", await host.ReadLineAsync());
        var blocked = Task.Run(() => _counter.Settled);
        await Assert.ThrowsAsync<TimeoutException>(() => blocked.WaitAsync(TimeSpan.FromMilliseconds(100)));

        await host.KillAsync();

        Assert.Equal(default, await blocked.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_a_process_killed_half_way_had_noted_is_finished()
    {
        using var host = HostProcess.Start("half", _folder.Ledger, "home");
        Assert.Equal("ready", await host.ReadLineAsync());

        await host.KillAsync();

        Assert.Equal(new Amount(77, 7), _counter.Settled);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_process_killed_at_any_moment_leaves_a_sound_table_and_no_lease()
    {
        var random = new Random(5);
        for (var round = 0; round < 12; round++)
        {
            using var first = HostProcess.Start("hammer", _folder.Ledger, "home", "1000000", "100000000", $"{round}");
            using var second = HostProcess.Start("hammer", _folder.Ledger, "home", "1000000", "100000000", $"{-round}");
            Assert.Equal("ready", await first.ReadLineAsync());
            Assert.Equal("ready", await second.ReadLineAsync());

            // Not to wait for anything: the moment is what varies.
            Thread.SpinWait(random.Next(2_000_000));
            await Task.WhenAll(first.KillAsync(), second.KillAsync());

            using var restarted = Ledger.Open(_folder.Ledger);
            Assert.False(restarted.Counter("home").NeedsCount);
            foreach (var intent in restarted.OpenIntents()) intent.Settle(happened: true);
            Assert.Equal(default, restarted.Counter("home").Leased);
        }
    }

    public void Dispose()
    {
        _ledger.Dispose();
        _folder.Dispose();
    }
}
