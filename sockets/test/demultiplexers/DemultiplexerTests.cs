using System.Diagnostics;
using System.Net.Sockets;

namespace Argosy.Sockets.Tests;

public sealed class DemultiplexerTests
{
    private const int Long = 10_000; // milliseconds, for what comes for certain

    public static TheoryData<string> All => new("select", "poll", "epoll", "epoll-et");

    public static TheoryData<string> Level => new("select", "poll", "epoll");

    [Theory]
    [MemberData(nameof(All))]
    public void Readiness_is_told_with_the_tag_of_the_descriptor_that_has_it(string kind)
    {
        using var demultiplexer = New(kind);
        using DescriptorPair quiet = new(), busy = new();
        demultiplexer.Add(quiet.Descriptor, PollEvents.Read, 1);
        demultiplexer.Add(busy.Descriptor, PollEvents.Read, 0xFEDC_BA98_7654_3210);
        Assert.Equal(0, demultiplexer.Wait(0).Length);
        busy.Far.Send("x"u8);
        var ready = demultiplexer.Wait(Long).ToArray();
        Assert.Equal(new Readiness(0xFEDC_BA98_7654_3210, PollEvents.Read), Assert.Single(ready));
    }

    [Theory]
    [MemberData(nameof(Level))]
    public void A_level_is_told_for_as_long_as_it_lasts(string kind)
    {
        using var demultiplexer = New(kind);
        using var pair = new DescriptorPair();
        demultiplexer.Add(pair.Descriptor, PollEvents.Read, 1);
        pair.Far.Send("x"u8);
        for (var i = 0; i < 3; i++) Assert.Equal(1, demultiplexer.Wait(Long).Length);
        pair.Near.Receive(new byte[1]);
        Assert.Equal(0, demultiplexer.Wait(0).Length);
    }

    [Fact]
    public void An_edge_is_told_once()
    {
        using var demultiplexer = New("epoll-et");
        using var pair = new DescriptorPair();
        demultiplexer.Add(pair.Descriptor, PollEvents.Read, 1);
        pair.Far.Send("x"u8);
        Assert.Equal(1, demultiplexer.Wait(Long).Length);
        Assert.Equal(0, demultiplexer.Wait(0).Length); // the byte is still there
        pair.Far.Send("y"u8);
        Assert.Equal(1, demultiplexer.Wait(Long).Length);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void What_is_waited_for_can_change(string kind)
    {
        using var demultiplexer = New(kind);
        using var pair = new DescriptorPair();
        demultiplexer.Add(pair.Descriptor, PollEvents.Read, 1);
        Assert.Equal(0, demultiplexer.Wait(0).Length);
        demultiplexer.Change(pair.Descriptor, PollEvents.Read | PollEvents.Write, 2);
        Assert.Equal(new Readiness(2, PollEvents.Write), Assert.Single(demultiplexer.Wait(Long).ToArray()));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_removed_descriptor_is_told_no_more_even_while_a_duplicate_keeps_it_open(string kind)
    {
        using var demultiplexer = New(kind);
        using DescriptorPair gone = new(), kept = new();
        demultiplexer.Add(gone.Descriptor, PollEvents.Read, 1);
        demultiplexer.Add(kept.Descriptor, PollEvents.Read, 2);
        using var duplicate = new DescriptorHandle(NativeSocket.Duplicate(gone.Near.SafeHandle));
        demultiplexer.Remove(gone.Descriptor);
        demultiplexer.Remove(gone.Descriptor); // twice does no harm
        gone.Far.Send("x"u8);
        kept.Far.Send("x"u8);
        Assert.Equal(2UL, Assert.Single(demultiplexer.Wait(Long).ToArray()).Tag);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_end_and_a_reset_of_the_peer_make_readable(string kind)
    {
        using var demultiplexer = New(kind);
        using DescriptorPair ended = new(), reset = new();
        demultiplexer.Add(ended.Descriptor, PollEvents.Read, 1);
        demultiplexer.Add(reset.Descriptor, PollEvents.Read, 2);
        ended.Far.Shutdown(SocketShutdown.Send);
        reset.Far.LingerState = new LingerOption(true, 0);
        reset.Far.Close();
        var tags = new HashSet<ulong>();
        while (tags.Count < 2)
        {
            foreach (var ready in demultiplexer.Wait(Long)) tags.Add(ready.Tag);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_wait_lasts_as_long_as_it_may_and_no_longer(string kind)
    {
        using var demultiplexer = New(kind);
        using var pair = new DescriptorPair();
        demultiplexer.Add(pair.Descriptor, PollEvents.Read, 1);
        var watch = Stopwatch.StartNew();
        while (watch.ElapsedMilliseconds < 50) Assert.Equal(0, demultiplexer.Wait((int)Math.Max(1, 50 - watch.ElapsedMilliseconds)).Length);
        Assert.InRange(watch.ElapsedMilliseconds, 50, 5_000);
    }

    [Theory]
    [InlineData("poll")]
    [InlineData("epoll")]
    [InlineData("epoll-et")]
    public void Hundreds_are_told_of_and_none_is_forgotten(string kind)
    {
        const int count = 600; // more than an epoll wait tells of at once
        using var demultiplexer = New(kind);
        using var pair = new DescriptorPair();
        pair.Far.Send("x"u8);
        var duplicates = Enumerable.Range(0, count).Select(_ => new DescriptorHandle(NativeSocket.Duplicate(pair.Near.SafeHandle))).ToList();
        foreach (var (index, duplicate) in duplicates.Index())
            demultiplexer.Add((int)duplicate.DangerousGetHandle(), PollEvents.Read, (ulong)index);
        var tags = new HashSet<ulong>();
        for (var i = 0; i < 10 && tags.Count < count; i++)
        {
            foreach (var ready in demultiplexer.Wait(Long)) tags.Add(ready.Tag);
        }

        Assert.Equal(count, tags.Count);
        foreach (var duplicate in duplicates)
        {
            demultiplexer.Remove((int)duplicate.DangerousGetHandle());
            duplicate.Dispose();
        }

        Assert.Equal(0, demultiplexer.Wait(0).Length);
    }

    [Fact]
    public void Select_refuses_a_descriptor_that_does_not_fit_its_set()
    {
        using var demultiplexer = New("select");
        var error = Assert.Throws<ConnectionException>(() => demultiplexer.Add(1024, PollEvents.Read, 1));
        Assert.Equal(ConnectionError.OutOfResources, error.Error);
        Assert.Contains("Use poll or epoll", error.Message);
        Assert.False(demultiplexer.CanWatch(1024));
        Assert.True(demultiplexer.CanWatch(1023));
    }

    [Fact]
    public void Epoll_says_that_it_watches_no_files()
    {
        using var demultiplexer = New("epoll");
        using var file = File.OpenHandle(typeof(DemultiplexerTests).Assembly.Location);
        var error = Assert.Throws<ConnectionException>(() => demultiplexer.Add((int)file.DangerousGetHandle(), PollEvents.Read, 1));
        Assert.Contains("always ready", error.Message);
    }

    internal static IDemultiplexer New(string kind) => kind switch
    {
        "select" => new SelectDemultiplexer(),
        "poll" => new PollDemultiplexer(),
        _ => new EpollDemultiplexer(kind == "epoll-et"),
    };
}
