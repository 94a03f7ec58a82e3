namespace Argosy.Sockets.Tests;

public abstract partial class ConcurrencyModelContract
{
    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task A_silent_client_harms_no_other(string wire)
    {
        NeedsAtOnce(2);
        await using var server = Serve(wire, Handlers.EchoAsync);
        await using var silent = await TestClient.ConnectAsync(server.Address, wire.Replace("+tls", "")); // under TLS: not even a handshake
        await using var client = await server.ConnectAsync();
        await client.SendAsync("still here");
        Assert.Equal("still here", await client.ReceiveTextAsync(10));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task A_failing_handler_ends_its_own_connection_alone(string wire)
    {
        NeedsAtOnce(2);
        await using var server = Serve(wire, static async (context, connection) =>
        {
            var kind = new byte[1];
            while (await connection.ReadAsync(kind) > 0)
            {
                if (kind[0] == 'x') throw new InvalidDataException("no such kind");
                await connection.WriteAsync(kind);
            }
        });
        await using var good = await server.ConnectAsync();
        await good.SendAsync("a");
        await using (var bad = await server.ConnectAsync())
        {
            await bad.SendAsync("x");
            Assert.True(await bad.IsCutAsync());
        }

        Assert.Equal("a", await good.ReceiveTextAsync(1));
        await good.SendAsync("b");
        Assert.Equal("b", await good.ReceiveTextAsync(1));
        await UntilAsync(() => !server.Errors.IsEmpty); // the peer hears first
        Assert.Equal((typeof(InvalidDataException).FullName, "no such kind"), server.SingleError());
        Assert.Equal(1, server.Server.Counters.Failed);
    }

    [Fact(Timeout = Limit)]
    public async Task A_connection_that_fails_more_than_once_counts_as_one()
    {
        await using var server = Serve<FailsTwice>();
        Assert.True(await server.IsRefusedAsync());
        await UntilAsync(() => server.Errors.Count == 2 && server.Server.ActiveConnections == 0);
        Assert.Equal(1, server.Server.Counters.Failed);
    }

    [Fact(Timeout = Limit)]
    public async Task A_failing_error_callback_harms_nobody()
    {
        await using var server = Serve("tcp4", static (_, _) => throw new InvalidDataException());
        server.Server.OnError += (_, _) => throw new InvalidOperationException();
        for (var i = 0; i < 3; i++) Assert.True(await server.IsRefusedAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task Setup_handle_and_finish_run_in_order_and_finish_runs_always()
    {
        await using var server = Serve<Recorder>();
        for (var i = 0; i < 2; i++)
        {
            await server.IsRefusedAsync();
            await UntilAsync(() => server.Server.Counters.Failed == i + 1 && server.Server.ActiveConnections == 0);
        }

        await server.Server.StopAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(["setup", "handle", "finish", "setup", "handle", "finish"], server.Scene.Reported());
    }

    [Fact(Timeout = Limit)]
    public async Task A_peer_that_resets_is_an_error_of_that_connection()
    {
        await using var server = Serve("tcp4", Handlers.EchoAsync);
        await using (var client = await server.ConnectAsync())
        {
            await client.SendAsync("a");
            await client.ReceiveAsync(1);
            client.Socket.LingerState = new System.Net.Sockets.LingerOption(true, 0);
            client.Socket.Close();
        }

        await server.Server.StopAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(ConnectionError.Reset, Assert.IsType<ConnectionException>(Assert.Single(server.Errors)).Error);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task An_abort_wakes_the_handler_and_resets_the_peer(string wire)
    {
        await using var server = Serve(wire, static async (_, connection, scene) =>
        {
            await connection.ReadExactlyAsync(new byte[1]); // the client knows that it is connected
            var beside = Task.Run(async () =>
            {
                await Task.Delay(20); // either order must do; this one is the harder
                connection.Abort();
            });
            var error = await Assert.ThrowsAsync<ConnectionException>(async () => await connection.ReadAsync(new byte[1]));
            scene.Report(error.Error);
            await beside;
        });
        await using var client = await server.ConnectAsync();
        await client.SendAsync("x");
        Assert.Equal("Aborted", await server.Scene.NextAsync());
        Assert.True(await client.IsCutAsync());
    }

    private sealed class Recorder(Scene scene) : ConnectionHandler
    {
        public override ValueTask SetupAsync()
        {
            scene.Report("setup");
            return default;
        }

        public override ValueTask HandleAsync()
        {
            scene.Report("handle");
            throw new InvalidDataException();
        }

        public override ValueTask FinishAsync()
        {
            scene.Report("finish");
            return default;
        }
    }

    public sealed class FailsTwice(Scene scene) : ConnectionHandler
    {
        public override ValueTask HandleAsync() => throw new InvalidDataException(scene.ToString());

        public override ValueTask FinishAsync() => throw new InvalidOperationException();
    }
}
