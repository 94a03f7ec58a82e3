using System.Collections.Concurrent;

namespace Argosy.Sockets.Tests;

public sealed class ReactorModelsTests
{
    private const int Limit = 30_000;

    public static TheoryData<string> Reactors => new("select", "poll", "epoll", "epoll-et");

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Reactors))]
    public async Task A_handler_that_never_has_to_wait_lets_others_have_their_turn(string model)
    {
        var stop = false;
        await using var server = TestServer.Start(model, "tcp4", async (_, connection) =>
        {
            var kind = new byte[1];
            await connection.ReadExactlyAsync(kind);
            while (kind[0] == 'g' && !Volatile.Read(ref stop)) await connection.ReadAsync(Memory<byte>.Empty); // there is always something
            await connection.WriteAsync(kind);
        });
        var greedy = new List<TestClient>();
        for (var i = 0; i < 2 * Environment.ProcessorCount; i++)
        {
            greedy.Add(await server.ConnectAsync());
            await greedy[^1].SendAsync("gg");
        }

        for (var i = 0; i < 10; i++)
        {
            await using var modest = await server.ConnectAsync();
            await modest.SendAsync("m");
            Assert.Equal("m", await modest.ReceiveTextAsync(1));
        }

        Volatile.Write(ref stop, true);
        foreach (var client in greedy) await client.DisposeAsync();
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Reactors))]
    public async Task A_read_that_waits_when_a_bulk_part_begins_is_told_of_what_comes(string model)
    {
        const int much = 16 << 20; // more than the peer takes before it has sent something
        await using var server = TestServer.Start(model, "tcp4", async (context, connection) =>
        {
            await connection.ReadExactlyAsync(new byte[1]);
            connection.ReadDeadline = Deadline.After(TimeSpan.FromSeconds(20));
            var reading = connection.ReadAsync(new byte[1]).AsTask();
            await context.BulkAsync(() => connection.WriteAsync(new byte[much]));
            Assert.Equal(1, await reading);
        });
        await using var client = await server.ConnectAsync();
        await client.SendAsync("x");
        await client.ReceiveAsync(1);
        await client.SendAsync("y");
        await client.ReceiveAsync(much - 1);
        Assert.Empty(await client.ReceiveToEndAsync());
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Reactors))]
    public async Task A_handler_that_computes_between_its_operations_lets_others_have_their_turn(string model)
    {
        await using var server = TestServer.Start(model, "tcp4", async (_, connection) =>
        {
            await connection.ReadExactlyAsync(new byte[1]);
            var before = EventLoop.Current!.Rounds;
            for (var i = 0; i < 40; i++) // fewer than the operations of one turn
            {
                Thread.Sleep(1);
                await connection.ReadAsync(Memory<byte>.Empty); // there is always something
            }

            await connection.WriteAsync($"{EventLoop.Current!.Rounds > before}");
        });
        await using var client = await server.ConnectAsync();
        await client.SendAsync("xx");
        Assert.Equal("True", await client.ReceiveTextToEndAsync());
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Reactors))]
    public async Task A_fast_reader_of_a_file_lets_others_have_their_turn(string model)
    {
        const int mebibyte = 1024 * 1024;
        await using var server = TestServer.Start(model, "tcp4", async (_, connection) =>
        {
            await connection.ReadExactlyAsync(new byte[1]);
            var path = Path.GetTempFileName();
            using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, options: FileOptions.DeleteOnClose))
            {
                RandomAccess.SetLength(file, 8 * mebibyte);
                var before = EventLoop.Current!.Rounds;
                await connection.SendFileAsync(file, 0, 2 * mebibyte); // which the buffer of a loopback connection takes at once
                await connection.SendFileAsync(file, 0, 6 * mebibyte);
                var rounds = EventLoop.Current!.Rounds - before;
                await connection.WriteAsync($"{rounds >= 4}");
            }
        });
        await using var client = await server.ConnectAsync();
        await client.SendAsync("x");
        await client.ReceiveAsync(8 * mebibyte);
        Assert.StartsWith("True", await client.ReceiveTextToEndAsync());
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Reactors))]
    public async Task What_the_loop_was_told_counts_until_somebody_reads(string model)
    {
        var waits = new ConcurrentQueue<bool>();
        await using var server = TestServer.Start(model, "tcp4", async (_, connection) =>
        {
            var half = new byte[2];
            for (var i = 0; i < 10; i++)
            {
                await connection.ReadAsync(Memory<byte>.Empty);
                Assert.Equal(2, await connection.ReadAsync(half)); // of four
                waits.Enqueue(!connection.ReadAsync(Memory<byte>.Empty).IsCompletedSuccessfully); // there is more: not told, but so
                Assert.Equal(2, await connection.ReadAsync(half));
                var next = connection.ReadAsync(Memory<byte>.Empty);
                waits.Enqueue(next.IsCompleted); // what was told is old news: nothing is left
                await connection.WriteAsync(half);
                await next;
            }
        });
        await using var client = await server.ConnectAsync();
        for (var i = 0; i < 10; i++)
        {
            await client.SendAsync("four");
            await client.ReceiveAsync(2);
        }

        await client.FinishSendingAsync();
        await client.ReceiveToEndAsync();
        Assert.Empty(server.Errors);
        Assert.Equal(Enumerable.Repeat(false, 20), waits);
    }

    [Theory(Timeout = Limit)]
    [InlineData("epoll")]
    [InlineData("epoll-et")]
    public async Task Connections_are_spread_evenly_over_the_loops(string model)
    {
        var threads = new ConcurrentBag<int>();
        await using var server = TestServer.Start(model, "unix", async (_, connection) =>
        {
            threads.Add(Environment.CurrentManagedThreadId);
            await connection.WriteAsync(">");
            await connection.ReadAsync(new byte[1]);
        });
        var clients = new List<TestClient>();
        for (var i = 0; i < 10 * Environment.ProcessorCount; i++)
        {
            clients.Add(await server.ConnectAsync());
            await clients[^1].ReceiveAsync(1);
        }

        var perLoop = threads.GroupBy(thread => thread).Select(loop => loop.Count()).ToList();
        Assert.Equal(Environment.ProcessorCount, perLoop.Count);
        Assert.All(perLoop, count => Assert.Equal(10, count));
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Reactors))]
    public async Task A_connection_can_be_used_from_other_threads_and_loops(string model)
    {
        const int rounds = 2_000;
        var others = new ConcurrentQueue<IConnection>();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = TestServer.Start(model, "tcp4", async (_, connection) =>
        {
            var thread = Environment.CurrentManagedThreadId;
            var kind = new byte[1];
            await connection.ReadExactlyAsync(kind);
            if (kind[0] == 'l') // lend it
            {
                others.Enqueue(connection);
                await release.Task;
                return;
            }

            while (others.Count < 2) await Task.Delay(1);
            foreach (var other in others)
            {
                for (var i = 0; i < rounds / 10; i++) await PassOnAsync(other, kind); // from a loop, perhaps another one
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
                await Task.Run(async () =>
                {
                    for (var i = 0; i < rounds; i++) await PassOnAsync(other, kind); // from no loop
                });
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
            }

            release.SetResult();
        });
        var lent = new List<Task>();
        for (var i = 0; i < 2; i++)
        {
            var client = await server.ConnectAsync();
            await client.SendAsync("l");
            lent.Add(Task.Run(async () =>
            {
                for (var n = 0; n < rounds + rounds / 10; n++)
                {
                    await client.SendAsync(new[] { (byte)n });
                    Assert.Equal((byte)n, (await client.ReceiveAsync(1))[0]);
                }

                await client.DisposeAsync();
            }, TestContext.Current.CancellationToken));
        }

        await using var borrower = await server.ConnectAsync();
        await borrower.SendAsync("b");
        await Task.WhenAll(lent);
        Assert.Empty(await borrower.ReceiveToEndAsync());
        Assert.Empty(server.Errors);
    }

    [Fact(Timeout = Limit)]
    public async Task Handlers_that_abort_one_another_in_a_chain_need_no_deep_stack()
    {
        const int links = 500;
        var chain = new IConnection[links + 1];
        var reached = new TaskCompletionSource();
        await using var server = TestServer.Start("poll", "tcp4", async (_, connection) =>
        {
            var number = new byte[2];
            await connection.ReadExactlyAsync(number);
            var index = BitConverter.ToUInt16(number);
            chain[index] = connection;
            await connection.WriteAsync(">");
            try
            {
                await connection.ReadAsync(number);
            }
            catch (ConnectionException)
            {
                Assert.InRange(new System.Diagnostics.StackTrace().FrameCount, 1, 100);
                if (index < links) chain[index + 1].Abort();
                else reached.SetResult();
            }
        });
        var clients = new List<TestClient>();
        for (ushort i = 0; i <= links; i++)
        {
            clients.Add(await server.ConnectAsync());
            await clients[^1].SendAsync(BitConverter.GetBytes(i));
            await clients[^1].ReceiveAsync(1);
        }

        chain[0].Abort();
        await reached.Task;
        Assert.Empty(server.Errors);
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task Select_turns_away_a_connection_whose_descriptor_does_not_fit()
    {
        await using var server = TestServer.Start("select", "tcp4", Handlers.EchoAsync);
        await using var early = await server.ConnectAsync();
        await early.SendAsync("a");
        Assert.Equal("a", await early.ReceiveTextAsync(1));
        var fillers = new List<Microsoft.Win32.SafeHandles.SafeFileHandle>();
        do fillers.Add(File.OpenHandle("/dev/null"));
        while (fillers[^1].DangerousGetHandle() < SelectDemultiplexer.Capacity);
        Assert.True(await server.IsRefusedAsync());
        await ConcurrencyModelContract.UntilAsync(() => server.Server.Counters.Refused(RefusalReason.NoDescriptors) == 1); // the peer hears first
        await using (var late = new StreamServer(new StreamServerOptions { ListenOn = [Wire.NewAddress("tcp4")], Model = ConcurrencyModels.Find("select")! }, _ => default))
            Assert.Contains("Use poll or epoll", Assert.Throws<ConnectionException>(late.Start).Message);
        foreach (var filler in fillers) filler.Dispose();
        await early.SendAsync("b");
        Assert.Equal("b", await early.ReceiveTextAsync(1));
        await using var after = await server.ConnectAsync();
        await after.SendAsync("c");
        Assert.Equal("c", await after.ReceiveTextAsync(1));
    }

    [Fact(Timeout = Limit)]
    public async Task A_handler_that_outlives_the_stop_is_left_behind_and_the_stop_ends()
    {
        var free = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = TestServer.Start("epoll", "tcp4", async (_, connection) =>
        {
            await connection.WriteAsync(">");
            await free.Task; // heeds neither the abort nor the drain
        });
        await using var client = await server.ConnectAsync();
        await client.ReceiveAsync(1);
        await server.Server.StopAsync(TimeSpan.Zero).WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);
        Assert.Equal(1, server.Server.ActiveConnections);
        free.SetResult();
        while (server.Server.ActiveConnections > 0) await Task.Delay(5, TestContext.Current.CancellationToken);
    }

    [Fact(Timeout = Limit)]
    public async Task A_listener_that_cannot_be_watched_for_a_while_is_accepted_from_afterwards()
    {
        var model = new ConcurrencyModel("flaky", static (dispatcher, listeners) =>
            ReactorAcceptor.Start(dispatcher, listeners, "flaky", 1, static () => new FlakyDemultiplexer(failures: 3)))
        {
            Capacity = "",
            ChooseWhen = "",
            DefaultMaxConnections = 10,
            HandlersMayBlock = false,
        };
        await using var server = TestServer.Start("poll", "tcp4", Handlers.EchoAsync, options => options with { Model = model });
        await ConcurrencyModelContract.UntilAsync(() => server.Server.Counters.AcceptFailures == 3);
        await using var client = await server.ConnectAsync();
        await client.SendAsync("in");
        Assert.Equal("in", await client.ReceiveTextAsync(2));
    }

    [Fact(Timeout = Limit)]
    public async Task A_datagram_socket_that_cannot_be_watched_for_a_while_is_received_from_afterwards()
    {
        var model = ConcurrencyModels.Find("poll")! with
        {
            Datagrams = new((dispatcher, sockets) => ReactorDatagramReceiver.Start(dispatcher, sockets, "flaky", 1, static () => new FlakyDemultiplexer(failures: 1)))
            {
                Capacity = "",
                DefaultWorkers = 1,
            },
        };
        await using var server = new DatagramServer(new DatagramServerOptions { ListenOn = [DatagramWire.NewAddress("udp4")], Model = model }, context =>
        {
            context.Reply(context.Payload.Span);
            return default;
        });
        server.Start();
        using var client = new DatagramClient("udp4");
        await client.SendAsync("first", server.LocalEndPoints[0]);
        Assert.Equal("first", await client.TextAsync());
        await client.SendAsync("second", server.LocalEndPoints[0]);
        Assert.Equal("second", await client.TextAsync());
    }

    private static async Task PassOnAsync(IConnection connection, byte[] buffer)
    {
        if (await connection.ReadAsync(buffer) == 0) throw new EndOfStreamException();
        await connection.WriteAsync(buffer);
    }
}
