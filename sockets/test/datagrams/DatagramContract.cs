using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Argosy.Sockets.Tests;

/// <summary>What every model that serves datagrams promises. A model joins with a class of a few lines.</summary>
public abstract class DatagramContract(string model)
{
    private const int Limit = 30_000;

    public static TheoryData<string> Wires => new("udp4", "udp6", "unix");

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wires))]
    public async Task A_datagram_is_answered_from_the_socket_that_received_it(string wire)
    {
        await using var server = Serve(wire, Echo);
        using var client = new DatagramClient(wire);
        foreach (var size in (int[])[1, 100, 1400, 60_000])
        {
            var sent = Noise(size);
            await client.SendAsync(sent, server.LocalEndPoints[0]);
            var (answer, from) = await client.ReceiveAsync();
            Assert.Equal(sent, answer);
            Assert.Equal(server.LocalEndPoints[0].ToString(), from.ToString());
        }
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wires))]
    public async Task The_handler_knows_who_sent_it_and_where_it_arrived(string wire)
    {
        DatagramServer? server = null;
        await using var started = server = Serve(wire, context =>
        {
            context.Reply(Encoding.UTF8.GetBytes($"{context.Sender} {context.LocalEndPoint}"));
            return default;
        });
        using var client = new DatagramClient(wire);
        await client.SendAsync("who am I"u8.ToArray(), server.LocalEndPoints[0]);
        var (answer, _) = await client.ReceiveAsync();
        Assert.Equal($"{client.Address} {server.LocalEndPoints[0]}", Encoding.UTF8.GetString(answer));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wires))]
    public async Task An_empty_datagram_is_one(string wire)
    {
        await using var server = Serve(wire, context =>
        {
            context.Reply(Encoding.ASCII.GetBytes($"{context.Length} {context.IsTruncated}"));
            context.Reply([]);
            return default;
        });
        using var client = new DatagramClient(wire);
        await client.SendAsync([], server.LocalEndPoints[0]);
        Assert.Equal("0 False", Encoding.ASCII.GetString((await client.ReceiveAsync()).Bytes));
        Assert.Empty((await client.ReceiveAsync()).Bytes);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wires))]
    public async Task A_truncated_datagram_is_seen_as_such(string wire)
    {
        await using var server = Serve(wire, context =>
        {
            context.Reply(Encoding.ASCII.GetBytes($"{context.Payload.Length} of {context.Length} {context.IsTruncated}"));
            return default;
        }, options => options with { MaxDatagram = 100 });
        using var client = new DatagramClient(wire);
        foreach (var (size, expected) in (ValueTuple<int, string>[])[(100, "100 of 100 False"), (101, "100 of 101 True"), (5000, "100 of 5000 True")])
        {
            await client.SendAsync(Noise(size), server.LocalEndPoints[0]);
            Assert.Equal(expected, Encoding.ASCII.GetString((await client.ReceiveAsync()).Bytes));
        }

        Assert.Equal(2, server.Counters.Truncated);
    }

    [Fact(Timeout = Limit)]
    public async Task A_slow_handler_never_blocks_the_receiving_loop_and_what_finds_no_room_is_dropped_and_counted()
    {
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = Serve("udp4", async context =>
        {
            await hold.Task;
            context.Reply(context.Payload.Span);
        }, options => options with { Workers = 1, QueueCapacity = 4 });
        using var client = new DatagramClient("udp4");
        for (var i = 0; i < 50; i++)
        {
            await client.SendAsync([(byte)i], server.LocalEndPoints[0]);
            await UntilAsync(() => server.Counters.Received == i + 1); // the loop goes on, whatever the worker does
        }

        await UntilAsync(() => server.Counters.Dropped >= 45);
        Assert.InRange(server.Counters.Dropped, 45, 46); // one with the worker, four waiting
        hold.SetResult();
        await UntilAsync(() => server.Counters.Handled + server.Counters.Dropped == 50);
        Assert.Equal(0, (await client.ReceiveAsync()).Bytes[0]);
        await client.SendAsync([99], server.LocalEndPoints[0]);
        byte last;
        do last = (await client.ReceiveAsync()).Bytes[0];
        while (last != 99);
    }

    [Fact(Timeout = Limit)]
    public async Task Workers_serve_datagrams_side_by_side()
    {
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = Serve("udp4", async context =>
        {
            if (context.Payload.Span[0] == '1') await first.Task;
            else first.SetResult();
            context.Reply(context.Payload.Span);
        }, options => options with { Workers = 2 });
        using var client = new DatagramClient("udp4");
        await client.SendAsync("1"u8.ToArray(), server.LocalEndPoints[0]);
        await client.SendAsync("2"u8.ToArray(), server.LocalEndPoints[0]);
        string[] answers = [await TextAsync(client), await TextAsync(client)];
        Assert.Equal(["1", "2"], answers.Order());
    }

    [Fact(Timeout = Limit)]
    public async Task A_handlers_exception_reaches_OnError_and_the_next_datagram_is_served()
    {
        var errors = new ConcurrentQueue<(Exception Error, EndPoint? Sender)>();
        await using var server = Serve("udp4", context =>
            context.Payload.IsEmpty ? throw new InvalidOperationException("on purpose") : Echo(context));
        server.OnError += (error, sender) => errors.Enqueue((error, sender));
        server.OnError += (_, _) => throw new InvalidOperationException("even this");
        using var client = new DatagramClient("udp4");
        await client.SendAsync([], server.LocalEndPoints[0]);
        await client.SendAsync("fine"u8.ToArray(), server.LocalEndPoints[0]);
        Assert.Equal("fine", await TextAsync(client));
        await UntilAsync(() => !errors.IsEmpty);
        Assert.IsType<InvalidOperationException>(errors.Single().Error);
        Assert.Equal(client.Address.ToString(), errors.Single().Sender!.ToString());
        Assert.Equal(1, server.Counters.Failed);
    }

    [Fact(Timeout = Limit)]
    public async Task A_handler_class_gets_an_instance_for_each_datagram()
    {
        await using var server = new DatagramServer(Options("udp4"), () => new Counting());
        server.Start();
        using var client = new DatagramClient("udp4");
        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync("x"u8.ToArray(), server.LocalEndPoints[0]);
            Assert.Equal("1", await TextAsync(client));
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Answers_that_nobody_can_get_are_counted_and_too_long_ones_are_errors()
    {
        var results = new ConcurrentQueue<string>();
        await using var server = Serve("unix", context =>
        {
            results.Enqueue($"{context.Sender is null} {context.Reply("answer"u8)}");
            results.Enqueue($"{context.Send("answer"u8, new UnixDomainSocketEndPoint("/nowhere/at-all.sock"))}");
            return default;
        });
        using (var unnamed = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified))
            await unnamed.SendToAsync("x"u8.ToArray(), server.LocalEndPoints[0]);
        await UntilAsync(() => server.Counters.Handled == 1);
        Assert.Equal(["True False", "False"], results);
        Assert.Equal(2, server.Counters.Unsent);

        await using var udp = Serve("udp4", context =>
        {
            context.Reply(Encoding.ASCII.GetBytes(Assert.Throws<ArgumentException>(() => context.Reply(new byte[70_000])).Message[..10]));
            return default;
        });
        using var client = new DatagramClient("udp4");
        await client.SendAsync([], udp.LocalEndPoints[0]);
        Assert.Equal("A datagram", await TextAsync(client));
    }

    [Fact(Timeout = Limit)]
    public async Task A_dual_stack_server_shows_and_answers_both_families()
    {
        await using var server = new DatagramServer(
            Options("udp6") with { ListenOn = [new IPEndPoint(IPAddress.IPv6Any, 0)] },
            context =>
            {
                context.Reply(Encoding.ASCII.GetBytes($"{((IPEndPoint)context.Sender!).Address}"));
                context.Send("again"u8, context.Sender);
                return default;
            });
        server.Start();
        var port = ((IPEndPoint)server.LocalEndPoints[0]).Port;
        foreach (var (wire, address) in (ValueTuple<string, IPAddress>[])[("udp4", IPAddress.Loopback), ("udp6", IPAddress.IPv6Loopback)])
        {
            using var client = new DatagramClient(wire);
            await client.SendAsync([], new IPEndPoint(address, port));
            Assert.Equal($"{address}", await TextAsync(client));
            Assert.Equal("again", await TextAsync(client));
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Stopping_serves_what_is_queued_up_to_the_deadline_and_drops_the_rest()
    {
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = Serve("udp4", async context => await hold.Task, options => options with { Workers = 1 });
        using var client = new DatagramClient("udp4");
        for (var i = 0; i < 5; i++) await client.SendAsync([1], server.LocalEndPoints[0]);
        await UntilAsync(() => server.Counters.Received == 5);
        await server.StopAsync(TimeSpan.FromMilliseconds(50));
        hold.SetResult();
        await UntilAsync(() => server.Counters.Handled + server.Counters.Dropped == 5);
        Assert.Equal(1, server.Counters.Handled);

        await using var patient = Serve("udp4", Echo);
        for (var i = 0; i < 20; i++) await client.SendAsync([1], patient.LocalEndPoints[0]);
        await UntilAsync(() => patient.Counters.Received == 20);
        await patient.StopAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(20, patient.Counters.Handled);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wires))]
    public async Task An_address_in_use_is_a_clear_error_and_is_free_again_afterwards(string wire)
    {
        var server = Serve(wire, Echo);
        var address = server.LocalEndPoints[0];
        var error = Assert.Throws<ConnectionException>(() => Serve(wire, Echo, options => options with { ListenOn = [address] }));
        Assert.Equal(ConnectionError.AddressInUse, error.Error);
        await server.DisposeAsync();
        await using var again = Serve(wire, Echo, options => options with { ListenOn = [address] });
        using var client = new DatagramClient(wire);
        await client.SendAsync("back"u8.ToArray(), address);
        Assert.Equal("back", await TextAsync(client));
    }

    [Fact(Timeout = Limit)]
    public async Task A_stale_socket_file_is_replaced()
    {
        var address = DatagramClient.NewAddress("unix");
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified)) dead.Bind(address);
        await using var server = Serve("unix", Echo, options => options with { ListenOn = [address] });
        using var client = new DatagramClient("unix");
        await client.SendAsync("x"u8.ToArray(), address);
        Assert.Equal("x", await TextAsync(client));
    }

    [Fact(Timeout = Limit)]
    public async Task Several_addresses_are_served_at_once()
    {
        await using var server = Serve("udp4", Echo, options => options with
        {
            ListenOn = [DatagramClient.NewAddress("udp4"), DatagramClient.NewAddress("unix"), DatagramClient.NewAddress("udp4")],
        });
        for (var i = 0; i < 3; i++)
        {
            using var client = new DatagramClient(i == 1 ? "unix" : "udp4");
            await client.SendAsync([(byte)i], server.LocalEndPoints[i]);
            var (answer, from) = await client.ReceiveAsync();
            Assert.Equal([(byte)i], answer);
            Assert.Equal(server.LocalEndPoints[i].ToString(), from.ToString());
        }
    }

    [Fact(Timeout = Limit)]
    public async Task An_echo_allocates_next_to_nothing_per_datagram()
    {
        const int count = 5_000;
        await using var server = Serve("udp4", Echo);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await client.ConnectAsync(server.LocalEndPoints[0]);
        await EchoAsync(1_000);
        var before = GC.GetTotalAllocatedBytes();
        await EchoAsync(count);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 100 * count); // the whole process; waking a worker that sleeps costs two small objects

        async Task EchoAsync(int times)
        {
            var buffer = new byte[64];
            for (var i = 0; i < times; i++)
            {
                await client.SendAsync(buffer.AsMemory());
                await client.ReceiveAsync(buffer.AsMemory());
            }
        }
    }

    private static ValueTask Echo(DatagramContext context)
    {
        context.Reply(context.Payload.Span);
        return default;
    }

    private DatagramServerOptions Options(string wire) =>
        new() { ListenOn = [DatagramClient.NewAddress(wire)], Model = ConcurrencyModels.Find(model)! };

    private DatagramServer Serve(
        string wire, Func<DatagramContext, ValueTask> handle, Func<DatagramServerOptions, DatagramServerOptions>? change = null)
    {
        var server = new DatagramServer(change?.Invoke(Options(wire)) ?? Options(wire), handle);
        server.Start();
        return server;
    }

    private static async Task<string> TextAsync(DatagramClient client) => Encoding.ASCII.GetString((await client.ReceiveAsync()).Bytes);

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition()) await Task.Delay(1, TestContext.Current.CancellationToken);
    }

    private static byte[] Noise(int count)
    {
        var bytes = new byte[count];
        new Random(7).NextBytes(bytes);
        return bytes;
    }

    private sealed class Counting : DatagramHandler
    {
        private int _calls;

        public override ValueTask HandleAsync()
        {
            Context.Reply(Encoding.ASCII.GetBytes($"{++_calls}"));
            return default;
        }
    }
}
