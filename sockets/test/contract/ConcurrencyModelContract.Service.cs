using System.Net.Sockets;

namespace Argosy.Sockets.Tests;

public abstract partial class ConcurrencyModelContract
{
    [Fact(Timeout = Limit)]
    public async Task Service_actions_run_again_and_again_beside_connections()
    {
        var count = 0;
        await using var server = Serve("tcp4", Handlers.EchoAsync, options => options with
        {
            ServiceActions = new ServiceActions(TimeSpan.FromMilliseconds(20), () => Interlocked.Increment(ref count)),
        });
        await UntilAsync(() => count >= 2);
        for (var i = 0; i < 50; i++)
        {
            await using var client = await EchoesAsync(server);
        }

        var before = count;
        await UntilAsync(() => count >= before + 2);
        await server.Server.StopAsync(TimeSpan.FromSeconds(10));
        var atStop = count;
        await Task.Delay(100, TestContext.Current.CancellationToken); // time for five more, if any were to come
        Assert.InRange(count, atStop, atStop + 1); // one may have been under way
    }

    [Fact(Timeout = Limit)]
    public async Task Service_actions_run_while_clients_never_stop_coming()
    {
        var count = 0;
        await using var server = Serve("tcp4", Handlers.EchoAsync, options => options with
        {
            ServiceActions = new ServiceActions(TimeSpan.FromMilliseconds(1), () => Interlocked.Increment(ref count)),
        });
        using var enough = new CancellationTokenSource();
        var clients = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                await using var client = await EchoesAsync(server);
                client.Socket.LingerState = new LingerOption(enable: true, seconds: 0); // no ports left in TIME_WAIT
            }
        })));
        await UntilAsync(() => count >= 20);
        await enough.CancelAsync();
        await clients;
    }

    [Fact(Timeout = Limit)]
    public async Task A_service_action_never_overlaps_itself()
    {
        var (count, running, worst) = (0, 0, 0);
        await using var server = Serve("tcp4", Handlers.EchoAsync, options => options with
        {
            ServiceActions = new ServiceActions(TimeSpan.FromMilliseconds(1), async () =>
            {
                worst = Math.Max(worst, Interlocked.Increment(ref running));
                await Task.Delay(20);
                Interlocked.Decrement(ref running);
                count++;
            }),
        });
        await UntilAsync(() => count >= 5);
        Assert.Equal(1, worst);
    }

    [Fact(Timeout = Limit)]
    public async Task A_service_action_that_throws_is_logged_and_ends_nothing()
    {
        var count = 0;
        var log = new ListLogger();
        var options = new StreamServerOptions
        {
            ListenOn = [Wire.NewAddress("tcp4")],
            Model = ConcurrencyModels.Find(model)!,
            ServiceActions = new ServiceActions(TimeSpan.FromMilliseconds(5), () =>
            {
                count++;
                throw new InvalidDataException();
            }),
        };
        await using var server = new StreamServer(options, context => Handlers.EchoAsync(context, context.Connection), log);
        server.Start();
        await UntilAsync(() => count >= 3);
        Assert.Contains(log.Lines, line => line.Contains("service action failed"));
        await using var client = await TestClient.ConnectAsync(server.LocalEndPoints[0], "tcp4");
        await client.SendAsync("on");
        Assert.Equal("on", await client.ReceiveTextAsync(2));
    }

    [Fact(Timeout = Limit)]
    public async Task Handling_one_serves_one_and_the_next_waits_for_its_turn()
    {
        await using var server = NewServer(Wire.NewAddress("tcp4"));
        server.Bind();
        await using var first = await TestClient.ConnectAsync(server.LocalEndPoints[0], "tcp4");
        await using var second = await TestClient.ConnectAsync(server.LocalEndPoints[0], "tcp4");
        await first.SendAsync("1");
        await second.SendAsync("2");
        var handling = server.HandleOneAsync(In(20));
        Assert.Equal("1", await first.ReceiveTextAsync(1));
        Assert.False(handling.IsCompleted); // it lasts as long as the connection
        await first.FinishSendingAsync();
        Assert.Equal(OneConnection.Served, await handling);
        Assert.Equal((1, 0), (server.Counters.Admitted, server.ActiveConnections));
        Assert.Equal(0, second.Socket.Available);
        handling = server.HandleOneAsync(In(20));
        Assert.Equal("2", await second.ReceiveTextAsync(1));
        await second.FinishSendingAsync();
        Assert.Equal(OneConnection.Served, await handling);
    }

    [Fact(Timeout = Limit)]
    public async Task Handling_one_waits_at_every_address_and_not_beyond_its_deadline()
    {
        await using var server = NewServer(Wire.NewAddress("tcp4"), Wire.NewAddress("unix"));
        Assert.Equal(OneConnection.TimedOut, await server.HandleOneAsync(In(0.05)));
        foreach (var address in server.LocalEndPoints)
        {
            var handling = server.HandleOneAsync(In(20));
            await using var client = await TestClient.ConnectAsync(address, Asking.WireOf(address));
            await client.SendAsync("x");
            Assert.Equal("x", await client.ReceiveTextAsync(1));
            await client.FinishSendingAsync();
            Assert.Equal(OneConnection.Served, await handling);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Handling_one_tells_of_a_refusal()
    {
        var options = new StreamServerOptions
        {
            ListenOn = [Wire.NewAddress("tcp4")], Model = ConcurrencyModels.Find(model)!, Verify = _ => "nobody today",
        };
        await using var server = new StreamServer(options, _ => ValueTask.CompletedTask);
        server.Bind();
        var handling = server.HandleOneAsync(In(20));
        Assert.True(await TestClient.IsRefusedAsync(server.LocalEndPoints[0], "tcp4"));
        Assert.Equal(OneConnection.Refused, await handling);
    }

    [Fact(Timeout = Limit)]
    public async Task A_stop_ends_the_wait_for_one_and_drains_the_one()
    {
        await using (var waiting = NewServer(Wire.NewAddress("tcp4")))
        {
            var handling = waiting.HandleOneAsync(Deadline.Never);
            await Assert.ThrowsAsync<InvalidOperationException>(() => waiting.HandleOneAsync(Deadline.Never));
            await waiting.StopAsync(TimeSpan.FromSeconds(20));
            Assert.Equal(OneConnection.Stopped, await handling);
        }

        await using var serving = NewServer(Wire.NewAddress("tcp4"));
        serving.Bind();
        await using var client = await TestClient.ConnectAsync(serving.LocalEndPoints[0], "tcp4");
        await client.SendAsync("x");
        var served = serving.HandleOneAsync(In(20));
        Assert.Equal("x", await client.ReceiveTextAsync(1));
        var stop = serving.StopAsync(TimeSpan.FromSeconds(20));
        Assert.False(stop.IsCompleted);
        await client.FinishSendingAsync();
        await stop;
        Assert.Equal(OneConnection.Served, await served);
    }

    [Fact(Timeout = Limit)]
    public async Task A_second_stop_shortens_the_drain()
    {
        await using var server = Serve("tcp4", Handlers.EchoAsync);
        await using var client = await EchoesAsync(server);
        var stop = server.Server.StopAsync(TimeSpan.FromHours(1));
        await server.Server.StopAsync(TimeSpan.Zero);
        await stop;
        Assert.True(await client.IsCutAsync());
        Assert.Equal(0, server.Server.ActiveConnections);
    }

    [Fact(Timeout = Limit)]
    public async Task The_kernel_keeps_as_many_clients_waiting_as_the_backlog_says()
    {
        var address = Wire.NewAddress("unix");
        var options = new StreamServerOptions { ListenOn = [address], Model = ConcurrencyModels.Find(model)!, Backlog = 3 };
        await using var server = new StreamServer(options, context => Handlers.EchoAsync(context, context.Connection));
        server.Bind();
        var waiting = new List<Socket>();
        var error = Assert.Throws<SocketException>(() =>
        {
            for (var i = 0; i < 10; i++)
            {
                waiting.Add(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false });
                waiting[^1].Connect(address); // unix(7): EAGAIN where the backlog is full
            }
        });
        Assert.Equal(SocketError.WouldBlock, error.SocketErrorCode);
        Assert.Equal(5, waiting.Count); // listen(2) counts those beyond the first, and the last one failed
        foreach (var socket in waiting) socket.Dispose();
    }

    [Theory(Timeout = Limit)]
    [InlineData("tcp4")]
    [InlineData("unix")]
    public async Task A_hand_over_refuses_nobody_and_cuts_nobody(string wire)
    {
        var door = Asking.NewPath("door");
        await using var old = Serve(wire, Handlers.EchoAsync, options => options with { Backlog = 1000 });
        await using var offer = ListenerOffer.Open(door, new Dictionary<string, ISocketServer> { ["echo"] = old.Server });
        using var enough = new CancellationTokenSource();
        var clients = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var served = 0;
            for (; !enough.IsCancellationRequested; served++)
            {
                await using var client = await EchoesAsync(old);
                await client.FinishSendingAsync();
                Assert.Equal("", await client.ReceiveTextToEndAsync()); // an orderly end
            }

            return served;
        })));
        await UntilAsync(() => old.Server.Counters.Admitted > 50);

        using var taken = ListenerHandOver.TryTake(door, TimeSpan.FromSeconds(20))!;
        await using var successor = new StreamServer(
            new StreamServerOptions { ListenOn = [old.Address], Inherited = taken.Sockets.Named("echo").Streams, Model = ConcurrencyModels.Find(model)! },
            context => Handlers.EchoAsync(context, context.Connection));
        successor.Start();
        Assert.Equal(old.Address.ToString(), Assert.Single(successor.LocalEndPoints).ToString());
        Assert.True(await taken.ConfirmAsync());
        await offer.Taken;
        await old.Server.StopAsync(TimeSpan.FromSeconds(20));
        var before = successor.Counters.Admitted;
        await UntilAsync(() => successor.Counters.Admitted > before + 50);
        await enough.CancelAsync();
        Assert.All(await clients, served => Assert.True(served > 0));
        Assert.Empty(old.Errors);
        await successor.StopAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, successor.Counters.Failed);
        if (old.Address is UnixDomainSocketEndPoint) Assert.False(File.Exists(old.Address.ToString())); // the last one tidies up
    }
}
