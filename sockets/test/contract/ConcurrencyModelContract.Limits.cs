using System.Net;

namespace Argosy.Sockets.Tests;

public abstract partial class ConcurrencyModelContract
{
    [Fact(Timeout = Limit)]
    public async Task Above_the_hard_cap_connections_are_closed_and_counted()
    {
        NeedsAtOnce(3);
        await using var server = Serve("tcp4", Handlers.EchoAsync, options => options with { MaxConnections = 2 });
        await using var first = await EchoesAsync(server);
        await using (await EchoesAsync(server))
        {
            Assert.True(await server.IsRefusedAsync());
            Assert.Equal(1, server.Server.Counters.Refused(RefusalReason.TooMany));
        }

        await UntilAsync(() => server.Server.ActiveConnections == 1);
        await using var fourth = await EchoesAsync(server);
    }

    [Fact(Timeout = Limit)]
    public async Task Above_the_soft_cap_the_handler_says_busy()
    {
        NeedsAtOnce(2);
        await using var server = Serve(
            "tcp4",
            static async (context, connection) =>
            {
                await connection.WriteAsync(context.IsOverloaded ? "b" : "k");
                await connection.ReadAsync(new byte[1]);
            },
            options => options with { BusyAbove = 1 });
        await using var first = await server.ConnectAsync();
        Assert.Equal("k", await first.ReceiveTextAsync(1));
        await using var second = await server.ConnectAsync();
        Assert.Equal("b", await second.ReceiveTextAsync(1));
    }

    [Fact(Timeout = Limit)]
    public async Task Above_the_cap_per_address_connections_are_closed_and_counted()
    {
        NeedsAtOnce(2);
        await using var server = Serve(
            "tcp4", static (context, connection, _) => Handlers.EchoAsync(context, connection), options => options with { MaxPerAddress = 1 }, ("log", true));
        await using (await EchoesAsync(server))
        {
            for (var i = 0; i < 3; i++) Assert.True(await server.IsRefusedAsync()); // by whichever worker, where there are several
            Assert.Equal(3, server.Server.Counters.Refused(RefusalReason.TooManyFromAddress));
            await UntilAsync(() => server.Scene.LogLines.Any(line => line.Contains("1 connections of this address", StringComparison.Ordinal)));
        }

        await UntilAsync(() => server.Server.ActiveConnections == 0);
        await using var third = await EchoesAsync(server);
    }

    [Fact(Timeout = Limit)]
    public async Task A_connection_that_is_not_verified_is_refused_with_a_logged_reason()
    {
        await using var server = Serve(
            "tcp4",
            static (_, _, scene) =>
            {
                scene.Report("served");
                return ValueTask.CompletedTask;
            },
            static options => options with
            {
                Verify = static connection => connection.RemoteEndPoint is IPEndPoint { Address: var ip } && IPAddress.IsLoopback(ip) ? "no neighbours" : null,
            },
            ("log", true));
        Assert.True(await server.IsRefusedAsync());
        Assert.Equal(1, server.Server.Counters.Refused(RefusalReason.NotVerified));
        Assert.Contains(server.Scene.LogLines, line => line.Contains("no neighbours"));
        Assert.Empty(server.Scene.Reported());
    }

    [Fact(Timeout = Limit)]
    public async Task A_check_that_itself_fails_admits_nobody_and_accepting_goes_on()
    {
        await using var server = Serve("tcp4", Handlers.EchoAsync, options => options with { Verify = static _ => throw new InvalidDataException() });
        for (var i = 0; i < 3; i++) Assert.True(await server.IsRefusedAsync());

        Assert.Equal(3, server.Server.Counters.Refused(RefusalReason.NotVerified));
    }

    private static async Task<TestClient> EchoesAsync(TestServer server)
    {
        var client = await server.ConnectAsync();
        await client.SendAsync("e");
        Assert.Equal("e", await client.ReceiveTextAsync(1));
        return client;
    }

    internal static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition()) await Task.Delay(5, TestContext.Current.CancellationToken);
    }
}
