using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets.Tests;

public abstract partial class ConcurrencyModelContract
{
    [Theory(Timeout = Limit)]
    [EveryWire]
    public async Task A_handler_connects_out(string wire)
    {
        await using var upstream = Serve(wire, static async (_, connection) => await connection.WriteAsync("from upstream"));
        await using var server = Serve(wire, static async (context, connection, scene) =>
        {
            IConnection other = await context.ConnectAsync(scene.Address("upstream"), In(20));
            if (connection.Tls() is not null) other = await other.AuthenticateAsClientAsync(Wire.ClientTls, In(20));
            await using (other)
            {
                var buffer = new byte[100];
                while (await other.ReadAsync(buffer) is > 0 and var count) await connection.WriteAsync(buffer.AsMemory(0, count));
            }
        }, ("upstream", upstream.Address));
        await using var client = await server.ConnectAsync();
        Assert.Equal("from upstream", await client.ReceiveTextToEndAsync());
        Assert.Empty(server.Errors);
    }

    [Fact(Timeout = Limit)]
    public async Task Connecting_where_nobody_listens_is_refused()
    {
        await using var server = Serve("tcp4", static async (context, _, scene) =>
        {
            foreach (var address in (EndPoint[])[new IPEndPoint(IPAddress.Loopback, 1), new UnixDomainSocketEndPoint("/nowhere/at-all.sock")])
                scene.Report((await Assert.ThrowsAsync<ConnectionException>(async () => await context.ConnectAsync(address, In(20)))).Error);
        });
        await using var client = await server.ConnectAsync();
        await client.ReceiveToEndAsync();
        Assert.Equal(["Refused", "Refused"], server.Scene.Reported());
    }

    [Fact(Timeout = Limit)]
    public async Task A_handler_connects_by_name()
    {
        await using var upstream = Serve("tcp4", static async (_, connection) => await connection.WriteAsync("by name"));
        await using var server = Serve("tcp4", static async (context, connection, scene) =>
        {
            var port = ((IPEndPoint)scene.Address("upstream")).Port;
            await using var other = await context.ConnectAsync(new DnsEndPoint("localhost", port), In(20));
            var text = new byte[7];
            await other.ReadExactlyAsync(text);
            await connection.WriteAsync(text);
        }, ("upstream", upstream.Address));
        await using var client = await server.ConnectAsync();
        Assert.Equal("by name", await client.ReceiveTextToEndAsync());
    }

    [Theory(Timeout = Limit)]
    [EveryWire]
    public async Task A_wait_tells_which_connection_can_be_read(string wire)
    {
        await using var server = Serve(wire, static async (context, control, scene) =>
        {
            await using var listener = context.Listen(Wire.NewAddress(scene["wire"]));
            await control.WriteAsync(listener.LocalEndPoint + "\n");
            IConnection data = await context.AcceptAsync(listener, In(20));
            if (control.Tls() is not null) data = await data.AuthenticateAsServerAsync(Wire.ServerTls, In(20));
            await using (data)
            {
                IConnection[] both = [control, data];
                await Assert.ThrowsAsync<TimeoutException>(async () => await context.WaitAnyAsync(both, In(0.1)));
                await data.WriteAsync("r");
                for (var i = 0; i < 20; i++)
                {
                    var index = await context.WaitAnyAsync(both, In(20));
                    var letter = new byte[1];
                    await both[index].ReadExactlyAsync(letter);
                    Assert.Equal(index == 0 ? (byte)'c' : (byte)'d', letter[0]);
                    await both[index].WriteAsync(letter);
                }
            }
        }, ("wire", wire));
        await using var client = await server.ConnectAsync();
        var address = Parse((await ReadLineAsync(client))!);
        await using var second = await TestClient.ConnectAsync(address, wire);
        Assert.Equal("r", await second.ReceiveTextAsync(1));
        for (var i = 0; i < 10; i++)
        {
            await second.SendAsync("d");
            Assert.Equal("d", await second.ReceiveTextAsync(1));
            await client.SendAsync("c");
            Assert.Equal("c", await client.ReceiveTextAsync(1));
        }

        await server.Server.StopAsync(TimeSpan.FromSeconds(5));
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task A_wait_counts_bytes_that_have_left_the_socket(string wire)
    {
        await using var server = Serve(wire, static async (context, connection) =>
        {
            var one = new byte[1];
            IConnection[] alone = [connection];
            for (var i = 0; i < 6; i++)
            {
                // The first is read without a wait, so that what the wait then finds is in the TLS layer's own buffers.
                if (i > 0) Assert.Equal(0, await context.WaitAnyAsync(alone, In(5)));
                await connection.ReadExactlyAsync(one);
                await connection.WriteAsync(one);
            }

            connection.Unread("!"u8);
            Assert.Equal(0, await context.WaitAnyAsync(alone, In(5)));
            await connection.ReadExactlyAsync(one);
            await connection.WriteAsync(one);
        });
        await using var client = await server.ConnectAsync();
        await client.SendAsync("ballad"); // one segment, one TLS record
        Assert.Equal("ballad!", await client.ReceiveTextToEndAsync());
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task A_wait_ends_when_a_peer_has_finished(string wire)
    {
        await using var server = Serve(wire, static async (context, connection) =>
        {
            await connection.WriteAsync(">");
            Assert.Equal(0, await context.WaitAnyAsync(new[] { connection }, In(20)));
            Assert.Equal(0, await connection.ReadAsync(new byte[1]));
            await connection.WriteAsync("end");
        });
        await using var client = await server.ConnectAsync();
        Assert.Equal(">", await client.ReceiveTextAsync(1));
        await client.FinishSendingAsync();
        Assert.Equal("end", await client.ReceiveTextToEndAsync());
        Assert.Empty(server.Errors);
    }

    [Fact(Timeout = Limit)]
    public async Task Offloaded_work_returns_its_result_or_throws_its_error()
    {
        await using var server = Serve("tcp4", static async (context, connection) =>
        {
            var sum = await context.OffloadAsync(static n => n + 1, 41);
            await Assert.ThrowsAsync<InvalidDataException>(async () =>
                await context.OffloadAsync<int, int>(static _ => throw new InvalidDataException(), 0));
            await connection.WriteAsync(sum.ToString());
        });
        await using var client = await server.ConnectAsync();
        Assert.Equal("42", await client.ReceiveTextToEndAsync());
        Assert.Empty(server.Errors);
    }

    [Fact(Timeout = Limit)]
    public async Task Work_that_blocks_is_offloaded_without_stopping_others()
    {
        NeedsAtOnce(2);
        await using var server = Serve("tcp4", static async (context, connection, scene) =>
        {
            var kind = new byte[1];
            await connection.ReadExactlyAsync(kind);
            if (kind[0] == 'b') await context.OffloadAsync(static scene => Wait(scene), scene);
            await connection.WriteAsync("done");
        });
        var blocked = new List<TestClient>();
        for (var i = 0; i < Math.Min(CostsAProcess ? 5 : 50, Model.ServesAtOnce - 1 ?? 50); i++)
        {
            blocked.Add(await server.ConnectAsync());
            await blocked[^1].SendAsync("b");
        }

        await using var quick = await server.ConnectAsync();
        await quick.SendAsync("q");
        Assert.Equal("done", await quick.ReceiveTextToEndAsync());
        server.Scene.Signal("open");
        foreach (var client in blocked)
        {
            Assert.Equal("done", await client.ReceiveTextToEndAsync());
            await client.DisposeAsync();
        }
    }

    [Fact(Timeout = Limit)]
    public async Task What_a_handler_opens_and_forgets_is_closed_with_its_connection()
    {
        await using var upstream = Serve("tcp4", Handlers.EchoAsync);
        await using var server = Serve("tcp4", static async (context, _, scene) =>
        {
            scene.Report(context.Listen(Wire.NewAddress("tcp4")).LocalEndPoint);
            await context.ConnectAsync(scene.Address("upstream"), In(20));
        }, ("upstream", upstream.Address));
        await using var client = await server.ConnectAsync();
        await client.ReceiveToEndAsync();
        await server.Server.StopAsync(TimeSpan.FromSeconds(5));
        await upstream.Server.StopAsync(TimeSpan.FromSeconds(20));
        Assert.Empty(upstream.Errors); // its connection was closed in order, not aborted at the end of the drain
        var listening = Scene.Parse(await server.Scene.NextAsync());
        await Assert.ThrowsAnyAsync<SocketException>(() => TestClient.ConnectAsync(listening, "tcp4"));
    }

    private static bool Wait(Scene scene)
    {
        scene.WaitFor("open");
        return true;
    }

    private static async Task<string> ReadLineAsync(TestClient client)
    {
        var line = new System.Text.StringBuilder();
        while (await client.ReceiveTextAsync(1) is not "\n" and var letter) line.Append(letter);
        return line.ToString();
    }
}
