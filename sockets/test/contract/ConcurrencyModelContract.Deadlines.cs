using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets.Tests;

public abstract partial class ConcurrencyModelContract
{
    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task A_read_fails_at_its_deadline_and_the_connection_stays_usable(string wire)
    {
        await using var server = Serve(wire, static async (_, connection) =>
        {
            var buffer = new byte[10];
            var watch = Stopwatch.StartNew();
            connection.ReadDeadline = In(0.1);
            await Assert.ThrowsAsync<TimeoutException>(async () => await connection.ReadAsync(buffer));
            Assert.InRange(watch.ElapsedMilliseconds, 95, 5_000);
            await Assert.ThrowsAsync<TimeoutException>(async () => await connection.ReadAsync(buffer));
            connection.ReadDeadline = Deadline.Never;
            await connection.WriteAsync("now");
            await connection.ReadExactlyAsync(buffer.AsMemory(0, 2));
            await connection.WriteAsync(buffer.AsMemory(0, 2));
        });
        await using var client = await server.ConnectAsync();
        Assert.Equal("now", await client.ReceiveTextAsync(3));
        await client.SendAsync("ok");
        Assert.Equal("ok", await client.ReceiveTextToEndAsync());
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task Bytes_that_arrive_slowly_do_not_outlive_an_absolute_deadline(string wire)
    {
        await using var server = Serve(wire, static async (_, connection) =>
        {
            connection.ReadDeadline = In(0.2);
            var buffer = new byte[1];
            while (await connection.ReadAsync(buffer) > 0)
            {
            }
        });
        await using var client = await server.ConnectAsync();
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            while (true) await client.SendAsync(new byte[64]);
        });
        await UntilAsync(() => !server.Errors.IsEmpty);
        Assert.IsType<TimeoutException>(Assert.Single(server.Errors));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task A_write_to_a_peer_that_reads_nothing_fails_at_its_deadline(string wire)
    {
        await using var server = Serve(wire, static async (_, connection, scene) =>
        {
            var much = new byte[64 * 1024 * 1024]; // before the clock runs: a busy machine takes its time
            connection.WriteDeadline = In(0.5);
            await Assert.ThrowsAsync<TimeoutException>(async () => await connection.WriteAsync(much));
            scene.Report("failed");
            connection.WriteDeadline = Deadline.Never;
            var cut = await Assert.ThrowsAsync<ConnectionException>(async () => await connection.WriteAsync("more"));
            Assert.Equal(ConnectionError.Failed, cut.Error);
            connection.Abort();
        });
        await using var client = await server.ConnectAsync();
        Assert.Equal("failed", await server.Scene.NextAsync());
        await server.Server.StopAsync(TimeSpan.FromSeconds(5));
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task A_new_deadline_applies_to_the_operation_under_way(string wire)
    {
        await using var server = Serve(wire, static async (_, connection) =>
        {
            connection.ReadDeadline = In(3600);
            var beside = Task.Run(async () =>
            {
                await Task.Delay(20); // either order must do; this one is the harder
                connection.ReadDeadline = In(0);
            });
            await Assert.ThrowsAsync<TimeoutException>(async () => await connection.ReadAsync(new byte[1]));
            await connection.WriteAsync("late");
            await beside;
        });
        await using var client = await server.ConnectAsync();
        Assert.Equal("late", await client.ReceiveTextToEndAsync());
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task A_deadline_that_moves_later_does_not_fire_early(string wire)
    {
        await using var server = Serve(wire, static async (_, connection) =>
        {
            var buffer = new byte[1];
            connection.ReadDeadline = In(1); // enough for a byte that is under way, on a busy machine too
            await connection.ReadExactlyAsync(buffer);
            connection.ReadDeadline = In(20);
            await connection.WriteAsync("1");
            await connection.ReadExactlyAsync(buffer);
            await connection.WriteAsync("2");
        });
        await using var client = await server.ConnectAsync();
        await client.SendAsync("a");
        Assert.Equal("1", await client.ReceiveTextAsync(1));
        await Task.Delay(1100, TestContext.Current.CancellationToken); // beyond the first deadline
        await client.SendAsync("b");
        Assert.Equal("2", await client.ReceiveTextToEndAsync());
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Plain), MemberType = typeof(Wire))]
    public async Task An_accept_fails_at_its_deadline_and_the_listener_stays_usable(string wire)
    {
        await using var server = Serve(wire, static async (context, connection, scene) =>
        {
            await using var listener = context.Listen(Wire.NewAddress(scene["wire"]));
            await Assert.ThrowsAsync<TimeoutException>(async () => await context.AcceptAsync(listener, In(0.1)));
            await connection.WriteAsync(listener.LocalEndPoint + "\n");
            await using var data = await context.AcceptAsync(listener, In(20));
            await data.WriteAsync("data");
        }, ("wire", wire));
        await using var client = await server.ConnectAsync();
        var line = await new StreamReader(client.Stream).ReadLineAsync(TestContext.Current.CancellationToken);
        await using var second = await TestClient.ConnectAsync(Parse(line!), wire);
        Assert.Equal("data", await second.ReceiveTextToEndAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task A_connect_fails_at_its_deadline()
    {
        // A listener that accepts nothing and whose backlog is full leaves the next connect without an answer.
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        var fillers = new List<Socket>();
        var filling = new List<Task>();
        for (var i = 0; i < 4; i++)
        {
            fillers.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            filling.Add(fillers[^1].ConnectAsync(full.LocalEndPoint!));
        }

        await filling[0];
        await using var server = Serve("tcp4", static async (context, connection, scene) =>
        {
            await Assert.ThrowsAsync<TimeoutException>(async () => await context.ConnectAsync(scene.Address("full"), In(0.2)));
            await connection.WriteAsync("gave up");
        }, ("full", full.LocalEndPoint!));
        await using var client = await server.ConnectAsync();
        Assert.Equal("gave up", await client.ReceiveTextToEndAsync());
        foreach (var filler in fillers) filler.Dispose();
        await Task.WhenAll(filling).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private static EndPoint Parse(string address) => Scene.Parse(address);
}
