using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

namespace Argosy.Sockets.Tests;

/// <summary>Closing, pausing, producing and calling later, under every model.</summary>
public sealed class TransportTests
{
    private const int Limit = 30_000;

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.AllOverEveryWire), MemberType = typeof(Models))]
    public async Task Losing_a_connection_sends_all_that_was_written_first(string model, string wire)
    {
        var block = new byte[10_000_000];
        new Random(1).NextBytes(block);
        await using var server = ProtocolServer.Start(model, () => new ScriptedProtocol
        {
            OnMade = protocol =>
            {
                protocol.Transport.Write(block);
                protocol.Transport.LoseConnection();
                Assert.True(protocol.Transport.IsClosing);
            },
        }, wire);
        await using var client = await server.ConnectAsync();
        var received = await client.ReceiveToEndAsync();
        Assert.True(block.AsSpan().SequenceEqual(received));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task Aborting_from_elsewhere_ends_a_write_that_the_peer_does_not_take(string model)
    {
        var made = new TaskCompletionSource<ScriptedProtocol>();
        var lost = new TaskCompletionSource<Exception?>();
        await using var server = ProtocolServer.Start(model, () => new ScriptedProtocol
        {
            OnMade = protocol =>
            {
                protocol.Transport.Write(new byte[15_000_000]);
                made.SetResult(protocol);
            },
            OnLost = (_, reason) => lost.SetResult(reason),
        });
        await using var client = await server.ConnectAsync();
        var protocol = await made.Task;
        await client.ReceiveAsync(1);
        protocol.Transport.AbortConnection(new InvalidDataException("enough"));
        Assert.IsType<InvalidDataException>(await lost.Task);
        Assert.True(await client.IsCutAsync());
        protocol.Write("after the end");
        protocol.Transport.Post(() => Assert.Fail("called after the end"));
        Assert.False(protocol.Later(TimeSpan.Zero, () => Assert.Fail("called after the end")).IsPending);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.AllOverEveryWire), MemberType = typeof(Models))]
    public async Task Pausing_delivery_stops_the_sender_and_resuming_loses_nothing(string model, string wire)
    {
        const int total = 24_000_000;
        long delivered = 0;
        var paused = new TaskCompletionSource<ScriptedProtocol>();
        await using var server = ProtocolServer.Start(model, () => new ScriptedProtocol
        {
            OnData = (protocol, data) =>
            {
                Interlocked.Add(ref delivered, data.Length);
                if (paused.Task.IsCompleted) return;
                protocol.Transport.PauseProducing();
                paused.SetResult(protocol);
            },
            OnInputEnded = protocol =>
            {
                protocol.Write($"{delivered}");
                protocol.Transport.LoseConnection();
            },
        }, wire);
        await using var client = await server.ConnectAsync();
        var sending = client.SendAsync(new byte[total]);
        var protocol = await paused.Task;
        var atPause = Interlocked.Read(ref delivered);
        Assert.NotSame(sending, await Task.WhenAny(sending, Task.Delay(200))); // the window is closed
        Assert.Equal(atPause, Interlocked.Read(ref delivered));
        protocol.Transport.ResumeProducing();
        await sending;
        await client.FinishSendingAsync();
        Assert.Equal($"{total}", await client.ReceiveTextToEndAsync());
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task Pausing_from_elsewhere_works_while_the_loop_reads(string model)
    {
        var made = new TaskCompletionSource<ScriptedProtocol>();
        await using var server = ProtocolServer.Start(model, () => new ScriptedProtocol
        {
            OnMade = made.SetResult,
            OnData = (protocol, data) => protocol.Transport.Write(data),
        });
        await using var client = await server.ConnectAsync();
        var transport = (await made.Task).Transport;
        for (var i = 0; i < 50; i++)
        {
            transport.PauseProducing();
            var answered = new TaskCompletionSource();
            transport.Post(answered.SetResult); // a paused loop still calls back
            await answered.Task;
            await client.SendAsync("x");
            transport.ResumeProducing();
            Assert.Equal("x", await client.ReceiveTextAsync(1));
        }
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task A_pull_producer_feeds_a_peer_at_its_own_pace(string model)
    {
        const int pieces = 500, pieceBytes = 100_000;
        await using var server = ProtocolServer.Start(model, () => new ScriptedProtocol
        {
            OnMade = protocol =>
            {
                protocol.Transport.RegisterProducer(new Pieces(protocol.Transport, pieces, pieceBytes), isPull: true);
                protocol.Transport.LoseConnection(); // waits for the producer
            },
        }, maxPending: 2 * pieceBytes);
        await using var client = await server.ConnectAsync();
        Assert.Equal(pieces * pieceBytes, (await client.ReceiveToEndAsync()).Length);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task A_push_producer_is_paused_above_the_mark_and_resumed_when_all_is_sent(string model)
    {
        var calls = new ConcurrentQueue<string>();
        var resumed = new TaskCompletionSource();
        await using var server = ProtocolServer.Start(model, () => new ScriptedProtocol
        {
            OnMade = protocol =>
            {
                protocol.Transport.RegisterProducer(new Pushing(calls, resumed));
                Assert.Throws<InvalidOperationException>(() => protocol.Transport.RegisterProducer(new Pushing(calls, resumed)));
                protocol.Transport.Write(new byte[60_000]);
                Assert.Empty(calls);
                protocol.Transport.Write(new byte[60_000]);
                protocol.Transport.Write(new byte[60_000]);
                Assert.Equal(["pause"], calls);
            },
        });
        await using var client = await server.ConnectAsync();
        await client.ReceiveAsync(180_000);
        await resumed.Task;
        Assert.Equal(["pause", "resume"], calls);
        Assert.Empty(server.Errors);
    }

    [Fact(Timeout = Limit)]
    public async Task A_producer_that_is_still_being_paused_when_all_is_sent_goes_on_after_that()
    {
        var made = new TaskCompletionSource<Transport>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = ProtocolServer.Start("epoll", () => new ScriptedProtocol { OnMade = protocol => made.SetResult(protocol.Transport) });
        await using var client = await server.ConnectAsync();
        var transport = await made.Task;
        var calls = new ConcurrentQueue<string>();
        var resumed = new TaskCompletionSource();
        transport.RegisterProducer(new Pushing(calls, resumed, whilePaused: () =>
        {
            // All arrives, and the loop has come round again, before the writer has said its word.
            client.ReceiveAsync(180_000).GetAwaiter().GetResult();
            using var round = new SemaphoreSlim(0);
            for (var i = 0; i < 2; i++)
            {
                transport.Post(() => round.Release());
                round.Wait();
            }
        }));
        transport.Write(new byte[180_000]);
        await resumed.Task;
        Assert.Equal(["pause", "resume"], calls);
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task A_peer_that_reads_too_slowly_is_cut_and_holds_no_memory(string model)
    {
        var lost = new ConcurrentQueue<Exception?>();
        await using var server = ProtocolServer.Start(model, () => new ScriptedProtocol
        {
            OnMade = protocol => Flood(protocol),
            OnLost = (_, reason) => lost.Enqueue(reason),
        }, maxPending: 100_000);
        Assert.True(await TestClient.IsRefusedAsync(server.Address, "tcp4"));
        while (lost.IsEmpty) await Task.Delay(1);
        Assert.Contains("MaxPendingBytes", Assert.IsType<ConnectionException>(Assert.Single(lost)).Message);

        await using var stuck = ProtocolServer.Start(model, () => new ScriptedProtocol
        {
            OnMade = protocol => protocol.Transport.Write(new byte[15_000_000]),
            OnLost = (_, reason) => lost.Enqueue(reason),
        }, writeTimeout: TimeSpan.FromMilliseconds(200));
        await using var silent = await stuck.ConnectAsync();
        while (lost.Count < 2) await Task.Delay(5);
        Assert.IsType<TimeoutException>(lost.Last());

        static void Flood(ScriptedProtocol protocol)
        {
            for (var i = 0; i < 11; i++) protocol.Transport.Write(new byte[10_000]);
        }
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task Calls_come_after_their_delay_in_their_order_unless_cancelled(string model)
    {
        var watch = Stopwatch.StartNew();
        var called = new ConcurrentQueue<(string Name, long Milliseconds)>();
        await using var server = ProtocolServer.Start(model, () => new ScriptedProtocol
        {
            OnMade = protocol =>
            {
                watch.Restart();
                Call("late", 120);
                Call("early", 40);
                Call("soon", 0);
                Call("cancelled", 60).Cancel();
                var reset = Call("reset", 30);
                reset.Reset(TimeSpan.FromMilliseconds(80));
                Assert.True(reset.IsPending);
                protocol.Later(TimeSpan.FromMilliseconds(160), () =>
                {
                    Assert.False(reset.IsPending);
                    foreach (var (name, _) in called) protocol.Write(name + " ");
                    protocol.Transport.LoseConnection();
                });

                DelayedCall Call(string name, int delay) =>
                    protocol.Later(TimeSpan.FromMilliseconds(delay), () => called.Enqueue((name, watch.ElapsedMilliseconds)));
            },
        });
        await using var client = await server.ConnectAsync();
        Assert.Equal("soon early reset late ", await client.ReceiveTextToEndAsync());
        foreach (var ((_, actual), least) in called.Zip([0, 40, 80, 120])) Assert.InRange(actual, least - 1, 20_000);
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.AllOverEveryWire), MemberType = typeof(Models))]
    public async Task Calls_and_bytes_do_not_get_into_each_others_way(string model, string wire)
    {
        var text = new StringBuilder();
        await using var server = ProtocolServer.Start(model, () => new ScriptedProtocol
        {
            OnMade = protocol => Tick(protocol, 0),
            OnData = (_, data) => text.Append(Encoding.ASCII.GetString(data)),
        }, wire);
        await using var client = await server.ConnectAsync();
        for (var i = 0; i < 100; i++)
        {
            await client.SendAsync("0123456789");
            await Task.Delay(1);
        }

        Assert.Equal(50, (await client.ReceiveAsync(50)).Length);
        await client.FinishSendingAsync();
        await client.ReceiveToEndAsync();
        Assert.Equal(string.Concat(Enumerable.Repeat("0123456789", 100)), text.ToString());

        static void Tick(ScriptedProtocol protocol, int count)
        {
            protocol.Write(".");
            if (count < 49) protocol.Later(TimeSpan.FromMilliseconds(2), () => Tick(protocol, count + 1));
        }
    }

    /// <summary>Writes one piece each time it is asked, then unregisters.</summary>
    private sealed class Pieces(Transport transport, int count, int bytes) : IProducer
    {
        private int _made;

        public void PauseProducing() => Assert.Fail("a pull producer is never paused");

        public void ResumeProducing()
        {
            transport.Write(new byte[bytes]);
            if (++_made == count) transport.UnregisterProducer();
        }
    }

    private sealed class Pushing(ConcurrentQueue<string> calls, TaskCompletionSource resumed, Action? whilePaused = null) : IProducer
    {
        public void PauseProducing()
        {
            whilePaused?.Invoke();
            calls.Enqueue("pause");
        }

        public void ResumeProducing()
        {
            calls.Enqueue("resume");
            resumed.SetResult();
        }
    }
}
