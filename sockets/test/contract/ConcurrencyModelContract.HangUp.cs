using System.Net.Sockets;

namespace Argosy.Sockets.Tests;

public abstract partial class ConcurrencyModelContract
{
    [Theory(Timeout = Limit)]
    [EveryWire]
    public async Task A_handler_is_told_that_its_client_has_left_but_not_for_a_half_close(string wire)
    {
        await using var server = Serve(wire, static async (_, connection, scene) =>
        {
            var buffer = new byte[16];
            Assert.False(connection.HasHungUp, "at the beginning");
            await connection.ReadExactlyAsync(buffer.AsMemory(0, 4));
            Assert.False(connection.HasHungUp, "in the middle");
            Assert.Equal(0, await connection.ReadAsync(buffer));
            Assert.False(connection.HasHungUp, "after a half-close");
            scene.Report("half-closed");
            while (!connection.HasHungUp) await Task.Delay(5); // what a handler does that works on
            scene.Report("gone");
        });
        await using var client = await server.ConnectAsync();
        await client.SendAsync("work");
        await client.FinishSendingAsync();
        Assert.Equal("half-closed", await server.Scene.NextAsync());
        client.Socket.LingerState = new LingerOption(true, 0); // closing is a reset
        client.Socket.Dispose();
        Assert.Equal("gone", await server.Scene.NextAsync());
        await server.Server.StopAsync(TimeSpan.FromSeconds(20));
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task What_arrived_before_a_client_hung_up_can_still_be_read_where_it_closed_in_good_order(string wire)
    {
        await using var server = Serve(wire, static async (_, connection, scene) =>
        {
            scene.Report("ready");
            await connection.ShutdownWriteAsync();
            while (!connection.HasHungUp) await Task.Delay(5); // both directions are closed then
            var words = new byte[5];
            await connection.ReadExactlyAsync(words);
            scene.Report(System.Text.Encoding.UTF8.GetString(words));
            Assert.Equal(0, await connection.ReadAsync(words));
            connection.Abort();
            Assert.True(connection.HasHungUp, "after an abort");
            scene.Report("over");
        });
        await using var client = await server.ConnectAsync();
        Assert.Equal("ready", await server.Scene.NextAsync());
        Assert.Empty(await client.ReceiveToEndAsync());
        await client.SendAsync("hello");
        await client.FinishSendingAsync();
        Assert.Equal("hello", await server.Scene.NextAsync());
        Assert.Equal("over", await server.Scene.NextAsync());
    }
}
