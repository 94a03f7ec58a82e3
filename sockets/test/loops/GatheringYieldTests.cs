namespace Argosy.Sockets.Tests;

/// <summary>A loop's courtesy ends where it costs more than it brings. Times are given, not measured.</summary>
public sealed class GatheringYieldTests
{
    private static readonly long Slice = 16 * GatheringYield.Affordable; // 4 ms: what a thread that only computes takes

    private GatheringYield _yield;
    private long _now = 1;

    [Fact]
    public void Short_yields_go_on_for_ever()
    {
        for (var i = 0; i < 100_000; i++) Yield(GatheringYield.Affordable / 2);
        Assert.False(_yield.IsSuspended(_now));
    }

    [Fact]
    public void A_lost_slice_now_and_then_is_no_habit()
    {
        for (var i = 0; i < 10_000; i++) Yield(i % 100 == 0 ? Slice : GatheringYield.Affordable / 10);
        Assert.False(_yield.IsSuspended(_now));
    }

    [Fact]
    public void Beside_threads_that_only_compute_there_are_soon_none()
    {
        for (var i = 0; i < 8; i++) Yield(Slice);
        Assert.True(_yield.IsSuspended(_now));
    }

    [Fact]
    public void They_are_tried_again_later_and_one_lost_slice_is_enough()
    {
        for (var i = 0; i < 8; i++) Yield(Slice);
        _now += GatheringYield.Suspension;
        Assert.False(_yield.IsSuspended(_now));
        Yield(Slice);
        Assert.True(_yield.IsSuspended(_now));
    }

    [Fact]
    public void After_a_suspension_short_ones_earn_the_old_trust_back()
    {
        for (var i = 0; i < 8; i++) Yield(Slice);
        _now += GatheringYield.Suspension;
        for (var i = 0; i < 1_000; i++) Yield(GatheringYield.Affordable / 100);
        Yield(Slice);
        Assert.False(_yield.IsSuspended(_now));
    }

    private void Yield(long takes)
    {
        _yield.Learn(_now, _now += takes);
    }
}
