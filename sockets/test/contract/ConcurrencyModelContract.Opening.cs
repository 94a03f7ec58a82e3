namespace Argosy.Sockets.Tests;

public abstract partial class ConcurrencyModelContract
{
    [Fact(Timeout = Limit)]
    public async Task A_stop_reaches_a_handler_that_is_connecting()
    {
        using var full = await FullListener.TcpAsync();
        await using var server = Serve("tcp4", static async (context, _, scene) =>
        {
            scene.Report("connecting");
            var aborted = await Assert.ThrowsAsync<ConnectionException>(async () => await context.ConnectAsync(scene.Address("full"), Deadline.Never));
            scene.Report(aborted.Error);
        }, ("full", full.Address));
        await using var client = await server.ConnectAsync();
        Assert.Equal("connecting", await server.Scene.NextAsync());
        await server.Server.StopAsync(TimeSpan.Zero);
        Assert.Equal("Aborted", await server.Scene.NextAsync());
    }
}
