using System.Diagnostics;

namespace Argosy.Sockets.Tests;

/// <summary>What a worker knows and hears.</summary>
public sealed class WorkerProcessTests
{
    private const int Limit = 60_000;

    public static TheoryData<string> Inner => new(
        ConcurrencyModels.All.Where(model => !model.RunsInWorkers).Select(model => model.Name));

    [Fact]
    public async Task A_process_that_nobody_started_as_a_worker_is_none()
    {
        Assert.False(WorkerProcess.IsWorker);
        await Assert.ThrowsAsync<InvalidOperationException>(() => WorkerProcess.RunAsync(_ => () => null!));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Inner))]
    public async Task Prefork_runs_every_model_of_one_process(string inner)
    {
        await using var server = Serve("prefork:" + inner, Handlers.EchoAsync);
        for (var i = 0; i < 4; i++)
        {
            await using var client = await server.ConnectAsync();
            await client.SendAsync("each");
            Assert.Equal("each", await client.ReceiveTextAsync(4));
        }

        await server.Server.StopAsync(TimeSpan.FromSeconds(20));
        Assert.Equal((4, 0), (server.Server.Counters.Admitted, server.Server.ActiveConnections));
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [InlineData("process")]
    [InlineData("prefork")]
    public async Task A_message_reaches_every_worker(string model)
    {
        await using var server = TestServer.Prepare(
            model, "tcp4", new Func<HandlerContext, IConnection, ValueTask>(Handlers.EchoAsync),
            options => options with { Workers = 2, SpareWorkers = 2 }, [("listens", true)]).Started();
        await ConcurrencyModelContract.UntilAsync(() => ChildProcesses.Of(Environment.ProcessId).Count == 2);
        server.Server.SendToWorkers("reload"u8);
        server.Server.SendToWorkers("again"u8);
        string[] heard = [await server.Scene.NextAsync(), await server.Scene.NextAsync(), await server.Scene.NextAsync(), await server.Scene.NextAsync()];
        Assert.Equal(["again", "again", "reload", "reload"], heard.Order());
        Assert.Throws<ArgumentOutOfRangeException>(() => server.Server.SendToWorkers(new byte[32 * 1024 + 1]));
    }

    [Theory(Timeout = Limit)]
    [InlineData("process")]
    [InlineData("prefork")]
    public async Task A_large_configuration_arrives_whole(string model)
    {
        const int length = 3_000_000;
        var large = new string('x', length);
        await using var server = TestServer.Prepare(model, "tcp4", new SceneHandler(SayLengthAsync), null, [("large", large)]).Started();
        await using var client = await server.ConnectAsync();
        Assert.Equal("3000000", await client.ReceiveTextToEndAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task What_a_worker_starts_is_no_worker_and_inherits_no_channel()
    {
        await using var server = Serve("process", static async (_, connection) =>
        {
            using var child = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "env; ls -l /proc/self/fd"]) { RedirectStandardOutput = true })!;
            await connection.WriteAsync(await child.StandardOutput.ReadToEndAsync());
        });
        await using var client = await server.ConnectAsync();
        var seen = await client.ReceiveTextToEndAsync();
        Assert.Contains("PATH=", seen);
        Assert.DoesNotContain("ARGOSY_WORKER_CHANNEL", seen);
        Assert.DoesNotContain("socket:", seen);
    }

    private static async ValueTask SayLengthAsync(HandlerContext context, IConnection connection, Scene scene) =>
        await connection.WriteAsync(scene["large"].Length.ToString());

    private static TestServer Serve(string model, Func<HandlerContext, IConnection, ValueTask> handle) =>
        TestServer.Prepare(model, "tcp4", handle, null, []).Started();
}
