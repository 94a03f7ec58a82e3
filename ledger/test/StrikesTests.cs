using System.Globalization;

namespace Argosy.Ledger.Tests;

/// <summary>Strikes put a key out for a time, in every process, in a file that never grows.</summary>
public sealed class StrikesTests : IDisposable
{
    private static readonly StrikeRule Rule = new(3, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10));

    private readonly TempFolder _folder = new();
    private readonly HandClock _clock = new();
    private readonly Strikes _strikes;

    public StrikesTests() => _strikes = Strikes.Open(Path, Rule, _clock);

    private string Path => _folder.Ledger + ".strikes";

    public void Dispose()
    {
        _strikes.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void The_strike_that_fills_the_measure_puts_its_key_out_and_no_other()
    {
        Assert.False(_strikes.Add(7));
        Assert.False(_strikes.Add(7));
        Assert.False(_strikes.IsOut(7));
        Assert.True(_strikes.Add(7));

        Assert.True(_strikes.IsOut(7));
        Assert.False(_strikes.Add(7));
        Assert.False(_strikes.IsOut(8));
    }

    [Fact]
    public void A_key_is_in_again_after_its_penalty_and_begins_anew()
    {
        Strike(7, 3);
        _clock.Now += Rule.Penalty - TimeSpan.FromMilliseconds(1);
        Assert.True(_strikes.IsOut(7));
        _clock.Now += TimeSpan.FromMilliseconds(1);

        Assert.False(_strikes.IsOut(7));
        Strike(7, 2);
        Assert.False(_strikes.IsOut(7));
        Assert.True(_strikes.Add(7));
    }

    [Fact]
    public void Strikes_of_an_earlier_window_do_not_count()
    {
        Strike(7, 2);
        _clock.Now += Rule.Window + TimeSpan.FromMilliseconds(1);
        Strike(7, 2);

        Assert.False(_strikes.IsOut(7));
    }

    [Fact]
    public void However_many_keys_there_are_the_file_stays_as_it_is_and_keys_that_are_out_stay_out()
    {
        Strike(1, 3);
        var size = new FileInfo(Path).Length;
        for (UInt128 key = 1_000; key < 41_000; key++) _strikes.Add(key);

        Assert.Equal(size, new FileInfo(Path).Length);
        Assert.True(_strikes.IsOut(1));
    }

    [Fact]
    public void It_outlives_its_process_but_not_the_machines_uptime()
    {
        Strike(7, 3);
        using (var again = Strikes.Open(Path, Rule, _clock))
            Assert.True(again.IsOut(7));

        using (var rebooted = Strikes.Open(Path, Rule, _clock, Guid.NewGuid()))
            Assert.False(rebooted.IsOut(7));
    }

    [Fact]
    public void A_damaged_file_puts_nobody_out_for_longer_than_a_penalty_lasts()
    {
        Strike(7, 3);
        using (var file = new FileStream(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            file.Position = 64;
            var noise = new byte[StrikeTable.Size - 64];
            new Random(3).NextBytes(noise);
            file.Write(noise);
        }

        Assert.Equal(0, Enumerable.Range(0, 1_000).Count(key => _strikes.IsOut((UInt128)key)));
        Strike(7, 3);
        Assert.True(_strikes.IsOut(7));
    }

    [Fact]
    public void A_file_that_was_cut_is_made_anew()
    {
        Strike(7, 3);
        using (var file = new FileStream(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite)) file.SetLength(10);

        Assert.False(_strikes.IsOut(7));
        Strike(7, 3);
        Assert.True(_strikes.IsOut(7));
    }

    [Fact(Timeout = 60_000)]
    public async Task Processes_count_together_and_see_each_others_keys_out()
    {
        var (limit, path) = (1_001, Path + "2");
        var hosts = Enumerable.Range(0, 4)
            .Select(_ => HostProcess.Start("strike", path, "250", limit.ToString(CultureInfo.InvariantCulture)))
            .ToList();
        var outputs = await Task.WhenAll(hosts.Select(host => host.ReadToEndAsync()));
        hosts.ForEach(host => host.Dispose());
        Assert.All(outputs, output => Assert.Equal("in", output.Trim()));

        using var strikes = Strikes.Open(path, new StrikeRule(limit, TimeSpan.FromHours(1), TimeSpan.FromHours(1)));
        Assert.True(strikes.Add(7));
        using var last = HostProcess.Start("strike", path, "0", limit.ToString(CultureInfo.InvariantCulture));
        Assert.Equal("out", (await last.ReadToEndAsync()).Trim());
    }

    private void Strike(UInt128 key, int count)
    {
        for (var i = 0; i < count; i++) _strikes.Add(key);
    }

    private sealed class HandClock : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromHours(5);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
