using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets.Tests;

public abstract partial class ConcurrencyModelContract
{
    [Fact(Timeout = Limit)]
    public async Task A_stop_waits_for_what_is_under_way()
    {
        await using var server = Serve("tcp4", static async (context, connection, scene) =>
        {
            using var signal = context.Stopping.Register(() => scene.Report("stopping"));
            var letter = new byte[1];
            await connection.ReadExactlyAsync(letter);
            await connection.ReadExactlyAsync(letter);
            await connection.WriteAsync("finished");
        });
        await using var client = await server.ConnectAsync();
        await client.SendAsync("1");
        await UntilAsync(() => server.Server.ActiveConnections == 1);
        var stop = server.Server.StopAsync(TimeSpan.FromSeconds(20));
        await server.Scene.NextAsync();
        await Assert.ThrowsAnyAsync<SocketException>(() => TestClient.ConnectAsync(server.Address, "tcp4"));
        Assert.False(stop.IsCompleted);
        await client.SendAsync("2");
        Assert.Equal("finished", await client.ReceiveTextToEndAsync());
        await stop;
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task A_stop_aborts_what_outlasts_the_drain(string wire)
    {
        NeedsAtOnce(5);
        await using var server = Serve(wire, Handlers.EchoAsync);
        var clients = new List<TestClient>();
        for (var i = 0; i < 5; i++) clients.Add(await EchoesAsync(server));
        var watch = Stopwatch.StartNew();
        await server.Server.StopAsync(TimeSpan.FromSeconds(0.2));
        Assert.InRange(watch.ElapsedMilliseconds, 190, 4_000);
        Assert.Equal(0, server.Server.ActiveConnections);
        foreach (var client in clients)
        {
            Assert.True(await client.IsCutAsync());
            await client.DisposeAsync();
        }

        Assert.All(server.Errors, error => Assert.Equal(ConnectionError.Aborted, Assert.IsType<ConnectionException>(error).Error));
    }

    [Fact(Timeout = Limit)]
    public async Task A_stop_aborts_whatever_a_handler_waits_for()
    {
        NeedsAtOnce(4);
        await using var idle = Serve("tcp4", Handlers.EchoAsync);
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await using var server = Serve("tcp4", static async (context, connection, scene) =>
        {
            var kind = new byte[1];
            await connection.ReadExactlyAsync(kind);
            await connection.WriteAsync(kind);
            var other = await context.ConnectAsync(scene.Address("idle"), Deadline.Never);
            switch ((char)kind[0])
            {
                case 'a': await context.AcceptAsync(context.Listen(Wire.NewAddress("tcp4")), Deadline.Never); break;
                case 'o': await other.ReadAsync(kind); break;
                case 'w': await context.WaitAnyAsync(new[] { connection, other }, Deadline.Never); break;
                case 's': await connection.WriteAsync(new byte[64 * 1024 * 1024]); break;
            }

            await connection.ReadAsync(kind);
        }, ("idle", idle.Address));
        var clients = new List<TestClient>();
        foreach (var kind in "aows")
        {
            clients.Add(await server.ConnectAsync());
            await clients[^1].SendAsync(kind.ToString());
            await clients[^1].ReceiveAsync(1);
        }

        await Task.Delay(20, TestContext.Current.CancellationToken); // either order must do; this one is the harder
        var watch = Stopwatch.StartNew();
        await server.Server.StopAsync(TimeSpan.Zero);
        Assert.True(watch.ElapsedMilliseconds < 4_000, "some handler was not woken");
        Assert.Equal(0, server.Server.ActiveConnections);
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task A_handler_that_waits_for_a_token_hears_that_the_server_stops()
    {
        await using var server = Serve("tcp4", static async (context, connection) =>
        {
            await connection.WriteAsync(">");
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await connection.ReadAsync(new byte[1], context.Stopping));
            await connection.WriteAsync("bye");
        });
        await using var client = await server.ConnectAsync();
        Assert.Equal(">", await client.ReceiveTextAsync(1));
        await server.Server.StopAsync(TimeSpan.FromSeconds(20));
        Assert.Equal("bye", await client.ReceiveTextToEndAsync());
    }

    [Theory(Timeout = Limit)]
    [EveryWire]
    public async Task A_server_restarts_at_once_at_the_same_address(string wire)
    {
        var address = Wire.NewAddress(wire);
        for (var i = 0; i < (Model.RunsInWorkers ? 2 : 5); i++)
        {
            await using var server = Serve(wire, Handlers.EchoAsync, options => options with { ListenOn = [address] });
            address = server.Address;
            await using var client = await EchoesAsync(server);
            await server.Server.StopAsync(TimeSpan.Zero); // we close first: our port is the one in TIME_WAIT
        }

        if (address is UnixDomainSocketEndPoint) Assert.False(File.Exists(address.ToString()));
    }

    [Fact(Timeout = Limit)]
    public async Task Clients_that_connect_between_bind_and_start_are_served()
    {
        await using var server = TestServer.Prepare(model, "tcp4", new Func<HandlerContext, IConnection, ValueTask>(Handlers.EchoAsync), null, []);
        server.Server.Bind();
        await using var client = await server.ConnectAsync();
        await client.SendAsync("early");
        server.Started();
        Assert.Equal("early", await client.ReceiveTextAsync(5));
    }

    [Fact(Timeout = Limit)]
    public async Task One_server_listens_on_several_addresses()
    {
        EndPoint[] addresses = [Wire.NewAddress("tcp4"), Wire.NewAddress("tcp6"), Wire.NewAddress("unix")];
        await using var server = Serve("tcp4", Handlers.EchoAsync, options => options with { ListenOn = addresses });
        foreach (var address in server.Server.LocalEndPoints)
        {
            await using var client = await TestClient.ConnectAsync(address, address is UnixDomainSocketEndPoint ? "unix" : "tcp4");
            await client.SendAsync("x");
            Assert.Equal("x", await client.ReceiveTextAsync(1));
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_dual_stack_listener_shows_both_families_as_they_are()
    {
        await using var server = Serve(
            "tcp4",
            static async (_, connection) => await connection.WriteAsync($"{((IPEndPoint)connection.RemoteEndPoint!).Address}"),
            options => options with { ListenOn = [new IPEndPoint(IPAddress.IPv6Any, 0)] });
        var port = ((IPEndPoint)server.Address).Port;
        await using var v4 = await TestClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), "tcp4");
        await using var v6 = await TestClient.ConnectAsync(new IPEndPoint(IPAddress.IPv6Loopback, port), "tcp6");
        Assert.Equal("127.0.0.1", await v4.ReceiveTextToEndAsync());
        Assert.Equal("::1", await v6.ReceiveTextToEndAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task A_unix_socket_tells_who_is_at_the_other_end()
    {
        await using var server = Serve("unix", static async (_, connection) => await connection.WriteAsync($"{connection.PeerCredentials?.ProcessId}"));
        await using var client = await server.ConnectAsync();
        Assert.Equal(Environment.ProcessId.ToString(), await client.ReceiveTextToEndAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task Out_of_descriptors_clients_are_refused_and_service_comes_back()
    {
        NeedsAtOnce(3);
        NotFor(Model.Inner is not null, "its workers accept, and the shortage is this process's");
        await using var server = Serve("tcp4", Handlers.EchoAsync);
        await using var before = await EchoesAsync(server);
        using var waiting = Wire.NewSocket(server.Address);
        using (new DescriptorShortage())
        {
            _ = waiting.ConnectAsync(server.Address).ContinueWith(connect => connect.Exception, TaskScheduler.Default); // may see the reset
            await UntilAsync(() => server.Server.Counters.Refused(RefusalReason.NoDescriptors) > 0);
            await before.SendAsync("on");
            Assert.Equal("on", await before.ReceiveTextAsync(2));
        }

        Assert.Equal(1, server.Server.Counters.Refused(RefusalReason.NoDescriptors));
        await using var after = await EchoesAsync(server);
    }
}
