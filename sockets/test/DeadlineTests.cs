namespace Argosy.Sockets.Tests;

public sealed class DeadlineTests
{
    [Fact]
    public void Never_does_not_pass_and_is_later_than_any_other()
    {
        var soon = Deadline.After(TimeSpan.FromSeconds(1));
        Assert.True(Deadline.Never.IsNever);
        Assert.False(Deadline.Never.HasPassed);
        Assert.Equal(Timeout.InfiniteTimeSpan, Deadline.Never.Remaining);
        Assert.Equal(soon, Deadline.Earlier(soon, Deadline.Never));
        Assert.Equal(soon, Deadline.Earlier(Deadline.Never, soon));
        Assert.Equal(soon, Deadline.Earlier(soon, Deadline.After(TimeSpan.FromSeconds(2))));
        Assert.True(Deadline.After(Timeout.InfiniteTimeSpan).IsNever);
        Assert.True(Deadline.After(TimeSpan.MaxValue).IsNever);
    }

    [Fact]
    public void A_deadline_of_no_time_has_passed_and_none_remains()
    {
        var passed = Deadline.After(TimeSpan.Zero);
        Assert.True(passed.HasPassed);
        Assert.Equal(TimeSpan.Zero, passed.Remaining);
        Assert.True(Deadline.After(TimeSpan.FromDays(-1)).HasPassed);
    }

    [Fact]
    public void What_remains_is_never_negative_not_even_while_it_passes()
    {
        // Negative, a poll would wait for ever; and what is left of -1 ms would read as "for ever" everywhere.
        for (var i = 0; i < 20_000; i++)
        {
            var deadline = Deadline.After(TimeSpan.FromTicks(20));
            TimeSpan left;
            do
            {
                left = deadline.Remaining;
                Assert.True(left >= TimeSpan.Zero, $"{left}");
            }
            while (left > TimeSpan.Zero);
        }
    }
}
