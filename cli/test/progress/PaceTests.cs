using Argosy.Cli.Output;
using FsCheck;
using FsCheck.Fluent;

namespace Argosy.Cli.Tests.Progressing;

public sealed class PaceTests
{
    private const long Size = 1L << 30;
    private const long Speed = 10 << 20;
    private readonly Pace _pace = new();
    private TimeSpan _now;
    private long _bytes;

    [Fact]
    public void Too_little_gives_no_rate()
    {
        Run(0.4, Speed);
        Assert.Null(_pace.Rate);
        Assert.Null(_pace.Left);
        Run(0.3, Speed);
        Assert.NotNull(_pace.Rate);
        Assert.Null(_pace.Left);
    }

    [Fact]
    public void A_steady_line_counts_down_second_by_second()
    {
        Run(3, Speed);
        for (var second = 0; second < 60; second++)
        {
            var before = _pace.Left!.Value;
            Run(1, Speed);
            Assert.Equal(1, (before - _pace.Left!.Value).TotalSeconds, 0.2);
            Assert.Equal(Speed, _pace.Rate!.Value, Speed / 100.0);
        }

        Assert.Equal((double)(Size - _bytes) / Speed, _pace.Left!.Value.TotalSeconds, 1.0);
    }

    [Fact]
    public void What_filled_buffers_before_it_began_is_no_rate()
    {
        _bytes = 64 << 20;
        Run(1, Speed);
        Assert.Equal(Speed, _pace.Rate!.Value, Speed / 50.0);
    }

    [Fact]
    public void A_line_that_stands_still_soon_has_no_rate_and_promises_nothing()
    {
        Run(30, Speed);
        Run(Pace.Memory.TotalSeconds + 0.2, 0);
        Assert.Equal(0, _pace.Rate);
        Assert.Null(_pace.Left);
        Assert.Equal(Pace.Memory.TotalSeconds + 0.1, _pace.Idle.TotalSeconds, 0.2);
        Run(2, Speed);
        Assert.True(_pace.Rate > 0);
        Assert.NotNull(_pace.Left);
        Assert.True(_pace.Idle < TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Bursts_do_not_make_the_time_left_jump()
    {
        Run(20, Speed);
        var last = _pace.Left!.Value.TotalSeconds;
        for (var second = 0; second < 40; second++)
        {
            Run(0.5, second % 2 == 0 ? 4 * Speed : 0);
            Run(0.5, second % 2 == 0 ? 0 : Speed / 4);
            var now = _pace.Left!.Value.TotalSeconds;
            Assert.InRange(now - last, -4.0, 2.0);
            last = now;
        }
    }

    [Fact]
    public void A_lasting_change_of_speed_is_believed_within_a_few_seconds()
    {
        Run(25, Speed);
        Run(25, Speed / 4);
        Assert.Equal((Size - _bytes) / (Speed / 4.0), _pace.Left!.Value.TotalSeconds, 0.15 * (Size - _bytes) / (Speed / 4.0));
    }

    [Fact]
    public void An_estimate_that_was_all_wrong_is_given_up_at_once()
    {
        Run(3, Speed / 1000);
        Assert.True(_pace.Left > TimeSpan.FromHours(10));
        Run(2, Speed);
        Assert.True(_pace.Left < TimeSpan.FromMinutes(10), $"{_pace.Left}");
    }

    [Fact]
    public void The_rate_never_exceeds_the_fastest_moment_nor_falls_below_the_slowest()
    {
        var speeds = Gen.ListOf(Gen.Choose(0, 1 << 30)).Where(list => list.Count > 10);
        Prop.ForAll(speeds.ToArbitrary(), list =>
        {
            var pace = new Pace();
            var (now, bytes) = (TimeSpan.Zero, 0L);
            pace.Observe(now, bytes, null);
            foreach (var speed in list)
            {
                now += TimeSpan.FromMilliseconds(100);
                bytes += speed / 10;
                pace.Observe(now, bytes, 1000);
                Assert.True(pace.Rate is null || (pace.Rate <= list.Max() + 10 && pace.Rate >= list.Min() - 10));
                Assert.True(pace.Left is not { } left || left >= TimeSpan.Zero);
            }
        }).Check(Config.QuickThrowOnFailure.WithReplay(new Replay(new Rnd(2026, 7373), Microsoft.FSharp.Core.FSharpOption<int>.None)));
    }

    // A tenth of a second at a time, as the bar does.
    private void Run(double seconds, long speed)
    {
        if (_now == TimeSpan.Zero)
            _pace.Observe(_now, _bytes, Size - _bytes);
        for (var step = 0; step < Math.Round(seconds * 10); step++)
        {
            _now += TimeSpan.FromMilliseconds(100);
            _bytes += speed / 10;
            _pace.Observe(_now, _bytes, Size - _bytes);
        }
    }
}
