namespace Argosy.Sockets.Tests;

public sealed class WatchTableTests
{
    [Fact]
    public void An_event_for_one_that_has_left_finds_nobody_although_another_has_its_row()
    {
        var table = new WatchTable();
        var loop = new EventLoop(new PollDemultiplexer(), "unused");
        var first = NewWatch(loop);
        var stale = table.Enter(first);
        Assert.Same(first, table.Find(stale));
        table.Leave(stale);
        var second = NewWatch(loop);
        var fresh = table.Enter(second);
        Assert.Equal((uint)stale, (uint)fresh); // the row is used again
        Assert.Null(table.Find(stale));
        Assert.Same(second, table.Find(fresh));
        Assert.Equal(1, table.Count);
        Assert.Null(table.Find(ulong.MaxValue));
    }

    private static DescriptorWatch NewWatch(EventLoop loop) => new(loop, new DescriptorHandle(-1));
}
