namespace Argosy.Sockets.Tests;

public abstract partial class DatagramContract
{
    [Fact(Timeout = Limit)]
    public async Task A_handler_that_stops_the_server_and_goes_on_sees_it_stop()
    {
        Assert.SkipWhen(Model.RunsInWorkers, "not applicable: a handler in a worker process has no server to stop");
        using var heard = new ManualResetEventSlim();
        DatagramServer? itself = null;
        await using var server = new DatagramServer(
            new DatagramServerOptions { ListenOn = [DatagramWire.NewAddress("udp4")], Model = Model },
            context =>
            {
                using var signal = context.Stopping.Register(heard.Set);
                _ = itself!.StopAsync(Patience);
                var isHeard = heard.Wait(TimeSpan.FromSeconds(10)); // its thread is given to nobody
                context.Reply(isHeard ? "stopping"u8 : "never"u8);
                return default;
            });
        itself = server;
        server.Start();
        var address = server.LocalEndPoints[0];
        using var client = new DatagramClient("udp4");
        await client.SendAsync("stop", address);
        Assert.Equal("stopping", await client.TextAsync());
        await server.StopAsync(Patience);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(DatagramWire.Main), MemberType = typeof(DatagramWire))]
    public async Task A_handler_that_blocks_its_thread_does_not_hold_the_stop(string wire)
    {
        await using var server = Serve(wire, static (_, scene) =>
        {
            scene.Report("blocks");
            scene.WaitFor("go");
            return default;
        }, static options => OneQueue(options, workers: 1));
        using var client = new DatagramClient(wire);
        await client.SendAsync("x", server.Address);
        Assert.Equal("blocks", await server.Scene.NextAsync());
        await server.Server.StopAsync(TimeSpan.FromMilliseconds(50)).WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);
        server.Scene.Signal("go");
    }

    [Fact(Timeout = Limit)]
    public async Task A_callback_of_the_stop_that_throws_or_blocks_does_not_hold_the_stop()
    {
        Assert.SkipWhen(Model.RunsInWorkers, "not applicable: the callbacks are in the worker process");
        using var go = new ManualResetEventSlim();
        await using var server = new DatagramServer(
            new DatagramServerOptions { ListenOn = [DatagramWire.NewAddress("udp4")], Model = Model },
            context =>
            {
                context.Stopping.Register(() => throw new InvalidDataException());
                context.Stopping.Register(() => go.Wait(TimeSpan.FromSeconds(20)));
                context.Reply("here"u8);
                return default;
            });
        server.Start();
        using var client = new DatagramClient("udp4");
        await client.SendAsync("x", server.LocalEndPoints[0]);
        Assert.Equal("here", await client.TextAsync());
        await server.StopAsync(TimeSpan.FromMilliseconds(50)).WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);
        go.Set();
    }

    [Fact(Timeout = Limit)]
    public async Task A_stop_leaves_the_unix_socket_of_a_successor_alone()
    {
        var address = DatagramWire.NewAddress("unix");
        await using var first = Serve("unix", Echo, options => options with { ListenOn = [address] });
        File.Delete(address.ToString()!);
        await using var second = DatagramTestServer.Prepare("poll", "unix", new DatagramSceneHandler(Echo), options => options with { ListenOn = [address] }).Started();
        await first.Server.StopAsync(TimeSpan.Zero);
        using var client = new DatagramClient("unix");
        await client.SendAsync("here", address);
        Assert.Equal("here", await client.TextAsync());
    }
}
