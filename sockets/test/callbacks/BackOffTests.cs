namespace Argosy.Sockets.Tests;

public sealed class BackOffTests
{
    [Fact]
    public void Each_wait_is_longer_than_the_one_before_up_to_the_longest()
    {
        var backOff = new BackOff { Initial = TimeSpan.FromSeconds(1), Max = TimeSpan.FromSeconds(30), Factor = 3 };
        int[] expected = [1, 3, 9, 27, 30, 30];
        Assert.Equal(expected, Enumerable.Range(1, 6).Select(failures => (int)backOff.Delay(failures, 0.5).TotalSeconds));
        Assert.Equal(TimeSpan.FromSeconds(30), backOff.Delay(int.MaxValue, 0.5));
    }

    [Fact]
    public void Chance_moves_a_wait_by_half_its_part_at_most()
    {
        var backOff = new BackOff { Initial = TimeSpan.FromSeconds(10), Jitter = 0.2 };
        Assert.Equal(TimeSpan.FromSeconds(9), backOff.Delay(1, 0));
        Assert.Equal(TimeSpan.FromSeconds(11), backOff.Delay(1, 1));
        Assert.Equal(TimeSpan.FromSeconds(10), (backOff with { Jitter = 0 }).Delay(1, 0));
    }

    [Fact]
    public void There_is_no_wait_before_the_first_failure() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new BackOff().Delay(0, 0.5));
}
