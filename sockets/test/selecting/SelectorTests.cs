using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets.Tests;

public sealed class SelectorTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Now = TimeSpan.Zero;

    public static TheoryData<SelectorKind> Kinds =>
        new(SelectorKind.Select, SelectorKind.Poll, SelectorKind.Epoll, SelectorKind.EpollEdgeTriggered);

    public static TheoryData<SelectorKind> LevelKinds => new(SelectorKind.Select, SelectorKind.Poll, SelectorKind.Epoll);

    [Fact]
    public void The_default_is_the_best_there_is()
    {
        using var selector = new Selector();
        Assert.Equal(SelectorKind.Epoll, selector.Kind);
    }

    [Fact]
    public void A_key_knows_its_socket_also_after_a_change_and_closing_that_is_no_reset()
    {
        using var selector = new Selector();
        using DescriptorPair pair = new(), other = new();
        selector.Register(pair.Near, SelectorEvents.Read);
        var key = selector.Modify(pair.Near, SelectorEvents.Read, "changed");
        Assert.Same(pair.Near, key.Socket);
        Assert.Null(selector.Register(other.Near.SafeHandle, SelectorEvents.Read).Socket);

        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        peer.Connect(listener.LocalEndPoint!);
        selector.Register(listener.Accept(), SelectorEvents.Write);
        var ready = Assert.Single(selector.Select(Long)).Key;
        selector.Unregister(ready.Source);
        ready.Socket!.Dispose();
        Assert.Equal(0, peer.Receive(new byte[1])); // the end; by the handle it would be a reset
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_ready_source_is_reported_with_its_events_and_its_data(SelectorKind kind)
    {
        using var selector = new Selector(kind);
        using DescriptorPair quiet = new(), busy = new();
        selector.Register(quiet.Near, SelectorEvents.Read, "quiet");
        selector.Register(busy.Near, SelectorEvents.Read, "busy");
        Assert.Empty(selector.Select(Now));
        busy.Far.Send("x"u8);
        var ready = Assert.Single(selector.Select(Long));
        Assert.Equal("busy", ready.Key.Data);
        Assert.Equal(SelectorEvents.Read, ready.Events);
        Assert.Equal(busy.Descriptor, ready.Key.Descriptor);
        Assert.Same(busy.Near.SafeHandle, ready.Key.Source);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void One_source_ready_for_both_is_reported_once(SelectorKind kind)
    {
        using var selector = new Selector(kind);
        using var pair = new DescriptorPair();
        pair.Far.Send("x"u8);
        selector.Register(pair.Near, SelectorEvents.Read | SelectorEvents.Write);
        SpinWait.SpinUntil(() => pair.Near.Available > 0);
        Assert.Equal(SelectorEvents.Read | SelectorEvents.Write, Assert.Single(selector.Select(Long)).Events);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_modified_source_is_reported_for_its_new_events_with_its_new_data(SelectorKind kind)
    {
        using var selector = new Selector(kind);
        using var pair = new DescriptorPair();
        selector.Register(pair.Near, SelectorEvents.Read, 1);
        Assert.Empty(selector.Select(Now));
        selector.Modify(pair.Near, SelectorEvents.Write, 2);
        var ready = Assert.Single(selector.Select(Long));
        Assert.Equal((2, SelectorEvents.Write), ((int)ready.Key.Data!, ready.Events));
        Assert.Equal(2, selector.GetMap()[pair.Near.SafeHandle].Data);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Registering_twice_and_touching_what_is_not_registered_are_errors(SelectorKind kind)
    {
        using var selector = new Selector(kind);
        using var pair = new DescriptorPair();
        Assert.Throws<KeyNotFoundException>(() => selector.Unregister(pair.Near));
        Assert.Throws<KeyNotFoundException>(() => selector.Modify(pair.Near, SelectorEvents.Read));
        Assert.Throws<KeyNotFoundException>(() => selector.GetKey(pair.Near.SafeHandle));
        var key = selector.Register(pair.Near, SelectorEvents.Read);
        Assert.Throws<ArgumentException>(() => selector.Register(pair.Near, SelectorEvents.Write));
        Assert.Throws<ArgumentException>(() => selector.Modify(pair.Near, 0));
        Assert.Throws<ArgumentException>(() => selector.Register(pair.Far, (SelectorEvents)4));
        Assert.Equal(key, selector.GetKey(pair.Near.SafeHandle));
        Assert.Equal(key, selector.Unregister(pair.Near));
        Assert.Empty(selector.GetMap());
        pair.Far.Send("x"u8);
        Assert.Empty(selector.Select(TimeSpan.FromMilliseconds(20)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_limit_is_kept_and_zero_or_less_only_looks(SelectorKind kind)
    {
        using var selector = new Selector(kind);
        var watch = Stopwatch.StartNew();
        Assert.Empty(selector.Select(TimeSpan.FromMilliseconds(30)));
        Assert.InRange(watch.ElapsedMilliseconds, 29, 5_000);
        Assert.Empty(selector.Select(TimeSpan.FromDays(-3)));
        Assert.Empty(selector.Select(Now));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_wake_from_another_thread_ends_a_wait(SelectorKind kind)
    {
        using var selector = new Selector(kind);
        var waiting = Task.Run(() => selector.Select().Count);
        selector.Wake();
        Assert.Equal(0, await waiting.WaitAsync(Long, TestContext.Current.CancellationToken));
        Assert.Empty(selector.Select(Now)); // one wake, one return
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_hang_up_is_reported_as_what_the_source_was_registered_for(SelectorKind kind)
    {
        using var selector = new Selector(kind);
        using DescriptorPair reader = new(), writer = new();
        reader.Far.LingerState = writer.Far.LingerState = new LingerOption(true, 0);
        reader.Far.Close();
        writer.Far.Close();
        selector.Register(reader.Near, SelectorEvents.Read);
        Assert.Equal(SelectorEvents.Read, Assert.Single(selector.Select(Long)).Events);
        selector.Unregister(reader.Near);
        selector.Register(writer.Near, SelectorEvents.Write);
        Assert.Equal(SelectorEvents.Write, Assert.Single(selector.Select(Long)).Events);
    }

    [Theory]
    [MemberData(nameof(LevelKinds))]
    public void What_is_left_unread_is_reported_again_until_it_is_taken_out(SelectorKind kind)
    {
        using var selector = new Selector(kind);
        using var pair = new DescriptorPair();
        pair.Far.Send("x"u8);
        selector.Register(pair.Near, SelectorEvents.Read);
        for (var i = 0; i < 3; i++) Assert.Single(selector.Select(Long));
        selector.Unregister(pair.Near);
        Assert.Empty(selector.Select(Now));
    }

    [Fact]
    public void An_edge_is_reported_once_until_there_is_another()
    {
        using var selector = new Selector(SelectorKind.EpollEdgeTriggered);
        using var pair = new DescriptorPair();
        selector.Register(pair.Near, SelectorEvents.Read);
        pair.Far.Send("x"u8);
        Assert.Single(selector.Select(Long));
        Assert.Empty(selector.Select(Now));
        pair.Far.Send("y"u8);
        Assert.Single(selector.Select(Long));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_source_closed_first_is_never_reported_and_spoils_nothing_for_others(SelectorKind kind)
    {
        using var selector = new Selector(kind);
        using DescriptorPair closed = new(), open = new();
        selector.Register(closed.Near, SelectorEvents.Read, "closed");
        selector.Register(open.Near, SelectorEvents.Read, "open");
        closed.Far.Send("x"u8);
        closed.Near.Dispose();
        Assert.Empty(selector.Select(TimeSpan.FromMilliseconds(20)));
        open.Far.Send("x"u8);
        Assert.Equal("open", Assert.Single(selector.Select(Long)).Key.Data);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_closed_source_whose_duplicate_lives_neither_reports_nor_turns_the_loop(SelectorKind kind)
    {
        using var selector = new Selector(kind);
        using var pair = new DescriptorPair();
        using var duplicate = new DescriptorHandle(NativeSocket.Duplicate(pair.Near.SafeHandle));
        selector.Register(pair.Near, SelectorEvents.Read);
        pair.Near.SafeHandle.Dispose(); // not the socket: that would shut the connection down
        pair.Far.Send("x"u8);
        var before = OwnProcessorTime();
        Assert.Empty(selector.Select(TimeSpan.FromMilliseconds(300)));
        Assert.True(OwnProcessorTime() - before < TimeSpan.FromMilliseconds(200), "it turned without rest");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_source_closed_first_can_still_be_unregistered_and_its_number_registered_anew(SelectorKind kind)
    {
        using var selector = new Selector(kind);
        using DescriptorPair first = new(), second = new();
        var number = first.Descriptor;
        selector.Register(first.Near, SelectorEvents.Read, "first");
        var source = first.Near.SafeHandle;
        first.Near.Dispose();
        using var again = new DescriptorHandle(NativeSocket.Duplicate(second.Near.SafeHandle, number));
        Assert.SkipUnless(again.DangerousGetHandle() == number, "not applicable: another thread of this process was given the number");
        selector.Register(again, SelectorEvents.Read, "second");
        second.Far.Send("x"u8);
        Assert.Equal("second", Assert.Single(selector.Select(Long)).Key.Data);
        Assert.Throws<KeyNotFoundException>(() => selector.Unregister(source)); // its number has a new owner
        selector.Register(first.Far, SelectorEvents.Read);
        var far = first.Far.SafeHandle;
        first.Far.Dispose();
        selector.Unregister(far);
        Assert.Throws<ObjectDisposedException>(() => selector.Register(far, SelectorEvents.Read));
        Assert.Single(selector.GetMap());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_echo_server_with_callbacks_serves_several_clients(SelectorKind kind)
    {
        using var selector = new Selector(kind);
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var left = 3;
        selector.Register(listener, SelectorEvents.Read, () =>
        {
            // To the end of what is there: an edge is reported once.
            while (listener.Poll(0, SelectMode.SelectRead))
            {
                var client = listener.Accept();
                client.Blocking = false;
                selector.Register(client, SelectorEvents.Read, () => Echo(client));
            }
        });
        for (var i = 0; i < left; i++) _ = Task.Run(() => EchoOnce(listener.LocalEndPoint!));
        while (left > 0)
        {
            var all = selector.Select(Long).ToArray();
            Assert.NotEmpty(all);
            foreach (var ready in all) ((Action)ready.Key.Data!)();
        }

        Assert.Single(selector.GetMap());

        void Echo(Socket client)
        {
            var buffer = new byte[100];
            while (client.Poll(0, SelectMode.SelectRead))
            {
                var count = client.Receive(buffer);
                if (count == 0)
                {
                    selector.Unregister(client);
                    client.Dispose();
                    left--;
                    return;
                }

                client.Send(buffer.AsSpan(0, count));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_closed_selector_leaves_its_sources_open(SelectorKind kind)
    {
        using var pair = new DescriptorPair();
        var selector = new Selector(kind);
        selector.Register(pair.Near, SelectorEvents.Read);
        selector.Dispose();
        selector.Dispose();
        Assert.Throws<ObjectDisposedException>(() => selector.Select(Now));
        pair.Far.Send("x"u8);
        SpinWait.SpinUntil(() => pair.Near.Available > 0);
        Assert.Equal(1, pair.Near.Receive(new byte[1]));
    }

    private static void EchoOnce(EndPoint address)
    {
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(address);
        client.Send("ahoy"u8);
        var buffer = new byte[4];
        for (var got = 0; got < 4;) got += client.Receive(buffer, got, 4 - got, SocketFlags.None);
    }

    /// <summary>What this thread alone has used: utime and stime of /proc/thread-self/stat, in clock ticks, of which there are 100 in a second.</summary>
    private static TimeSpan OwnProcessorTime()
    {
        var fields = File.ReadAllText("/proc/thread-self/stat").Split(')')[^1].Split(' ');
        return TimeSpan.FromMilliseconds(10 * (long.Parse(fields[12], CultureInfo.InvariantCulture) + long.Parse(fields[13], CultureInfo.InvariantCulture)));
    }
}
