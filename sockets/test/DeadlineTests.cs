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
}
