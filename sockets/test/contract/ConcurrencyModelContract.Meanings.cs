using System.Net;

namespace Argosy.Sockets.Tests;

public abstract partial class ConcurrencyModelContract
{
    [Theory(Timeout = Limit)]
    [Meanings]
    public async Task A_deadline_a_cancellation_and_an_abort_mean_the_same_for(string operation, Interruption interruption, string wire)
    {
        using var full = await FullListener.TcpAsync();
        await using var server = Serve(
            wire, Meanings.PlayAsync, ("operation", operation), ("interruption", interruption), ("full", full.Address));
        await PlayMeaningsAsync(server);
    }

    private static async Task PlayMeaningsAsync(TestServer server)
    {
        await using var client = await server.ConnectAsync();
        await client.SendAsync("!");
        while (await server.Scene.NextAsync() is var report && report != "done")
        {
            Assert.False(report.StartsWith("failed"), report);
            if (report == "go") await client.SendAsync("ok\n");
            else if (report == "read") Assert.Equal("ok", await client.ReceiveTextAsync(2));
            else if (report != "waiting") await (await TestClient.ConnectAsync(IPEndPoint.Parse(report), "tcp4")).DisposeAsync();
        }

        await server.Server.StopAsync(TimeSpan.FromSeconds(20));
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task Waiting_with_no_time_only_looks(string wire)
    {
        await using var server = Serve(wire, static async (context, connection) =>
        {
            await using var listener = context.Listen(new IPEndPoint(IPAddress.Loopback, 0));
            await Assert.ThrowsAsync<TimeoutException>(async () => await context.AcceptAsync(listener, In(0)));
            await Assert.ThrowsAsync<TimeoutException>(async () => await context.WaitAnyAsync(new[] { connection }, In(0)));
            await using var near = await context.ConnectAsync(listener.LocalEndPoint, In(20));
            await using var far = await context.AcceptAsync(listener, In(0));
            await connection.WriteAsync("looked");
            await connection.ReadAsync(Memory<byte>.Empty);
            Assert.Equal(0, await context.WaitAnyAsync(new[] { connection }, In(0)));
            await connection.WriteAsync(", found");
        });
        await using var client = await server.ConnectAsync();
        Assert.Equal("looked", await client.ReceiveTextAsync(6));
        await client.SendAsync("x");
        Assert.Equal(", found", await client.ReceiveTextAsync(7));
        Assert.Empty(server.Errors);
    }
}
