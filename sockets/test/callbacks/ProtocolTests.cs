using System.Collections.Concurrent;

namespace Argosy.Sockets.Tests;

/// <summary>What callback style promises, under every model.</summary>
public sealed class ProtocolTests
{
    private const int Limit = 30_000;

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.AllOverEveryWire), MemberType = typeof(Models))]
    public async Task An_echo_returns_every_byte_in_order(string model, string wire)
    {
        await using var server = ProtocolServer.Start(model, Echo, wire);
        await using var client = await server.ConnectAsync();
        var sent = new byte[3_000_000];
        new Random(3).NextBytes(sent);
        var sending = client.SendAsync(sent);
        var received = await client.ReceiveAsync(sent.Length);
        await sending;
        await client.FinishSendingAsync();
        Assert.True(sent.AsSpan().SequenceEqual(received));
        Assert.Empty(await client.ReceiveToEndAsync());
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task Events_come_in_their_order_and_each_once(string model)
    {
        var events = new ConcurrentQueue<string>();
        var lost = new TaskCompletionSource();
        await using var server = ProtocolServer.Start(model, () => new ScriptedProtocol
        {
            OnMade = protocol =>
            {
                events.Enqueue("made");
                protocol.Write("hi");
            },
            OnData = (_, data) => events.Enqueue($"{data.Length} bytes"),
            OnLost = (_, reason) =>
            {
                events.Enqueue(reason is null ? "lost" : "broken");
                lost.SetResult();
            },
        });
        await using var client = await server.ConnectAsync();
        Assert.Equal("hi", await client.ReceiveTextAsync(2));
        await client.SendAsync("four");
        await client.FinishSendingAsync();
        Assert.Empty(await client.ReceiveToEndAsync());
        await lost.Task;
        Assert.Equal(["made", "4 bytes", "lost"], events);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task Callbacks_of_one_connection_never_overlap(string model)
    {
        const int calls = 2_000;
        var made = new TaskCompletionSource<ScriptedProtocol>();
        var threads = new ConcurrentDictionary<int, bool>();
        var (inside, overlaps, count, bytes) = (0, 0, 0, 0);
        await using var server = ProtocolServer.Start(model, () => new ScriptedProtocol
        {
            OnMade = made.SetResult,
            OnData = (_, data) =>
            {
                Enter();
                bytes += data.Length;
                Leave();
            },
            OnInputEnded = _ => { },
        });
        await using var client = await server.ConnectAsync();
        var protocol = await made.Task;
        var posting = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < calls; i++)
            {
                protocol.Transport.Post(Call);
                if (i % 50 == 0) protocol.Transport.CallLater(TimeSpan.FromMilliseconds(1), Call);
            }
        })).ToArray();
        for (var i = 0; i < 500; i++) await client.SendAsync("data");
        await Task.WhenAll(posting);
        await client.FinishSendingAsync();
        var done = new TaskCompletionSource();
        protocol.Transport.CallLater(TimeSpan.FromMilliseconds(50), Finish);
        await done.Task;
        Assert.Equal((0, (2 * calls) + (2 * calls / 50), 2_000), (overlaps, count, bytes));
        if (model == "threads") Assert.Single(threads);

        void Call()
        {
            Enter();
            count++;
            Leave();
        }

        void Finish()
        {
            if (bytes == 2_000) done.SetResult();
            else protocol.Transport.CallLater(TimeSpan.FromMilliseconds(10), Finish);
        }

        void Enter()
        {
            threads[Environment.CurrentManagedThreadId] = true;
            if (Interlocked.Increment(ref inside) != 1) Interlocked.Increment(ref overlaps);
        }

        void Leave() => Interlocked.Decrement(ref inside);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.AllOverEveryWire), MemberType = typeof(Models))]
    public async Task One_connections_callback_writes_to_others_that_wait(string model, string wire)
    {
        var members = new ConcurrentDictionary<Protocol, bool>();
        await using var server = ProtocolServer.Start(model, () => new ScriptedProtocol
        {
            OnMade = protocol =>
            {
                members[protocol] = true;
                protocol.Write("+");
            },
            OnData = (_, data) =>
            {
                foreach (var member in members.Keys) member.Transport.Write(data);
            },
            OnLost = (protocol, _) => members.TryRemove(protocol, out var _),
        }, wire);
        await using var first = await server.ConnectAsync();
        await using var second = await server.ConnectAsync();
        await using var third = await server.ConnectAsync();
        TestClient[] all = [first, second, third];
        foreach (var client in all) Assert.Equal("+", await client.ReceiveTextAsync(1));
        for (var i = 0; i < 100; i++)
        {
            await all[i % 3].SendAsync($"line {i:D4}");
            foreach (var client in all) Assert.Equal($"line {i:D4}", await client.ReceiveTextAsync(9));
        }
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task A_callback_that_throws_ends_its_connection_alone(string model)
    {
        var reasons = new ConcurrentQueue<Exception?>();
        await using var server = ProtocolServer.Start(model, () => new ScriptedProtocol
        {
            OnData = (protocol, data) =>
            {
                if (data[0] == '!') throw new InvalidOperationException("on purpose");
                protocol.Transport.Write(data);
            },
            OnLost = (_, reason) => reasons.Enqueue(reason),
        });
        await using var bad = await server.ConnectAsync();
        await using var good = await server.ConnectAsync();
        await bad.SendAsync("!");
        Assert.True(await bad.IsCutAsync());
        await good.SendAsync("fine");
        Assert.Equal("fine", await good.ReceiveTextAsync(4));
        while (server.Errors.IsEmpty) await Task.Delay(1);
        Assert.IsType<InvalidOperationException>(Assert.Single(reasons));
        Assert.IsType<InvalidOperationException>(Assert.Single(server.Errors));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task A_protocol_may_write_after_the_peer_has_finished_and_read_after_it_has_itself(string model)
    {
        var heard = new TaskCompletionSource<int>();
        await using var server = ProtocolServer.Start(model, () => new ScriptedProtocol
        {
            OnMade = protocol =>
            {
                protocol.Write("over");
                protocol.Transport.FinishWriting();
                protocol.Write("not sent");
            },
            OnData = (_, data) => heard.TrySetResult(data.Length),
        });
        await using var client = await server.ConnectAsync();
        Assert.Equal("over", await client.ReceiveTextToEndAsync());
        await client.SendAsync("well");
        Assert.Equal(4, await heard.Task);

        await using var late = ProtocolServer.Start(model, () => new ScriptedProtocol
        {
            OnInputEnded = protocol => protocol.Later(TimeSpan.FromMilliseconds(20), () =>
            {
                protocol.Write("late");
                protocol.Transport.LoseConnection();
            }),
        });
        await using var early = await late.ConnectAsync();
        await early.FinishSendingAsync();
        Assert.Equal("late", await early.ReceiveTextToEndAsync());
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task A_factory_may_build_nothing_and_so_refuse(string model)
    {
        await using var server = ProtocolServer.Start(model, () => null!);
        Assert.True(await TestClient.IsRefusedAsync(server.Address, "tcp4"));
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task A_stopping_server_closes_protocols_in_good_order_and_aborts_those_that_stay(string model)
    {
        var lost = new ConcurrentQueue<Exception?>();
        await using (var server = ProtocolServer.Start(model, () => new ScriptedProtocol
        {
            OnMade = protocol => protocol.Write("+"),
            OnLost = (_, reason) => lost.Enqueue(reason),
        }))
        {
            await using var client = await server.ConnectAsync();
            Assert.Equal("+", await client.ReceiveTextAsync(1));
            var stopping = server.Server.StopAsync(TimeSpan.FromSeconds(20));
            Assert.Empty(await client.ReceiveToEndAsync());
            await client.DisposeAsync();
            await stopping;
            Assert.Null(Assert.Single(lost));
        }

        await using var stubborn = ProtocolServer.Start(model, () => new ScriptedProtocol
        {
            OnMade = protocol =>
            {
                protocol.Transport.PauseProducing();
                protocol.Write("+");
            },
            OnStopping = _ => { },
            OnLost = (_, reason) => lost.Enqueue(reason),
        });
        await using var other = await stubborn.ConnectAsync();
        Assert.Equal("+", await other.ReceiveTextAsync(1));
        await stubborn.Server.StopAsync(TimeSpan.FromMilliseconds(50));
        Assert.Equal(0, stubborn.Server.ActiveConnections);
        Assert.IsType<ConnectionException>(lost.Last());
    }

    [Fact(Timeout = Limit)]
    public async Task An_echo_allocates_nothing_per_message_under_threads()
    {
        const int count = 5_000, warmUp = 1_000;
        long before = 0, messages = 0;
        var allocated = new TaskCompletionSource<long>();
        await using var server = ProtocolServer.Start("threads", () => new ScriptedProtocol
        {
            OnData = (protocol, data) =>
            {
                protocol.Transport.Write(data);
                if (++messages == warmUp) before = GC.GetAllocatedBytesForCurrentThread();
                if (messages == warmUp + count) allocated.SetResult(GC.GetAllocatedBytesForCurrentThread() - before);
            },
        });
        await using var client = await server.ConnectAsync();
        var message = new byte[60];
        for (var i = 0; i < warmUp + count; i++)
        {
            await client.SendAsync(message);
            await client.ReceiveAsync(60);
        }

        Assert.InRange(await allocated.Task, 0, count); // less than a byte each
    }

    private static ScriptedProtocol Echo() => new() { OnData = (protocol, data) => protocol.Transport.Write(data) };
}
