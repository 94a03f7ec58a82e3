namespace Argosy.Bench.Tests;

public class LatencyHistogramTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(1_000_003)]
    [InlineData(86_400_000_000_000)]
    public void A_duration_comes_back_within_two_percent(long nanoseconds)
    {
        var histogram = new LatencyHistogram();
        histogram.Add(nanoseconds);
        Assert.InRange(histogram.Percentile(0.5) * 1000, nanoseconds * 0.98 - 0.001, nanoseconds + 0.001);
    }

    [Fact]
    public void Percentiles_are_those_of_the_sorted_durations()
    {
        var histogram = new LatencyHistogram();
        for (var i = 1000; i >= 1; i--) histogram.Add(i * 1_000_000L);
        Assert.InRange(histogram.Percentile(0.5), 490_000, 500_000);
        Assert.InRange(histogram.Percentile(0.99), 970_000, 990_000);
        Assert.InRange(histogram.Percentile(0.999), 980_000, 999_000);
        Assert.Equal(1000, histogram.Count);
    }

    [Fact]
    public void Nothing_has_a_percentile_of_zero() => Assert.Equal(0, new LatencyHistogram().Percentile(0.5));
}
