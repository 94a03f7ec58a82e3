using System.Net.Sockets;

namespace Argosy.Sockets.Tests;

public abstract partial class ConcurrencyModelContract
{
    [Fact(Timeout = Limit)]
    public async Task A_handler_that_stops_the_server_and_goes_on_sees_it_stop()
    {
        NotFor(Model.RunsInWorkers, "a handler in a worker process has no server to stop");
        StreamServer? itself = null;
        await using var server = TestServer.Start(model, "tcp4", async (context, connection) =>
        {
            var letter = new byte[1];
            await connection.ReadExactlyAsync(letter);
            _ = itself!.StopAsync(TimeSpan.FromSeconds(20)); // nothing else that would give its thread away is awaited from here on
            try
            {
                await connection.ReadAsync(letter, context.Stopping);
            }
            catch (OperationCanceledException)
            {
                await connection.WriteAsync("stopping");
            }

            await connection.ReadAsync(letter);
        });
        itself = server.Server;
        var address = server.Address;
        await using var client = await server.ConnectAsync();
        await client.SendAsync("s");
        Assert.Equal("stopping", await client.ReceiveTextAsync(8));
        await Assert.ThrowsAnyAsync<SocketException>(() => TestClient.ConnectAsync(address, "tcp4"));
        await client.SendAsync("e");
        Assert.Equal("", await client.ReceiveTextToEndAsync());
        await server.Server.StopAsync(TimeSpan.FromSeconds(20));
        Assert.Empty(server.Errors);
    }

    [Fact(Timeout = Limit)]
    public async Task A_stop_leaves_the_unix_socket_of_a_successor_alone()
    {
        var address = Wire.NewAddress("unix");
        await using var first = Serve("unix", Handlers.EchoAsync, options => options with { ListenOn = [address] });
        File.Delete(address.ToString()!); // as a package's script does, or somebody who takes it for stale
        await using var second = TestServer.Start("poll", "unix", Handlers.EchoAsync, options => options with { ListenOn = [address] });
        await first.Server.StopAsync(TimeSpan.Zero);
        await using var client = await second.ConnectAsync();
        await client.SendAsync("here");
        Assert.Equal("here", await client.ReceiveTextAsync(4));
    }
}
