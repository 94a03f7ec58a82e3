using System.Diagnostics;
using System.Net;

namespace Argosy.Sockets.Tests;

/// <summary>What datagram servers promise of their worker processes.</summary>
public sealed class DatagramWorkerTests
{
    private const int Limit = 60_000;

    public static TheoryData<string> Models => new("process", "prefork", "prefork:threads");

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models))]
    public async Task A_worker_that_is_killed_loses_what_it_had_in_hand_and_another_takes_its_place(string model)
    {
        await using var server = Serve(model, ReportAndWait, static options => options with { Workers = 1, Processes = 1 });
        using var client = new DatagramClient("udp4");
        await client.SendAsync("first", server.Address);
        var pid = int.Parse(await server.Scene.NextAsync());
        Assert.NotEqual(Environment.ProcessId, pid);
        using (var worker = Process.GetProcessById(pid)) worker.Kill();
        await UntilAsync(() => !server.Errors.IsEmpty);
        var error = Assert.IsType<WorkerDiedException>(server.Errors.Single().Error);
        Assert.Equal((pid, 137, 1), (error.ProcessId, error.ExitCode, error.Lost));
        Assert.Contains("SIGKILL", error.Message);
        if (model == "process") Assert.Equal(client.Address, server.Errors.Single().Sender);
        server.Scene.Signal("go");
        await client.SendAsync("second", server.Address);
        Assert.NotEqual(pid, int.Parse(await server.Scene.NextAsync()));
        Assert.Equal("second", await client.TextAsync());
        await UntilAsync(() => server.Counters.Handled == 2);
        Assert.Equal(1, server.Counters.Failed);
    }

    [Fact(Timeout = Limit)]
    public async Task Datagrams_wait_for_the_workers_that_are_left()
    {
        await using var server = Serve("process", static (context, _) =>
        {
            if (context.Payload.IsEmpty) Environment.Exit(3);
            context.Reply(context.Payload.Span);
            return default;
        }, static options => options with { Workers = 3, Processes = 3 });
        using var client = new DatagramClient("udp4");
        for (var i = 0; i < 2; i++) await client.SendAsync("", server.Address); // two of three are gone for a while
        await UntilAsync(() => server.Errors.Count == 2);
        const int many = 100;
        for (var i = 0; i < many; i++) await client.SendAsync("x", server.Address);
        await UntilAsync(() => server.Counters.Handled + server.Counters.Dropped == many + 2);
        Assert.Equal(0, server.Counters.Dropped);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models))]
    public async Task A_handler_that_crashes_its_process_harms_no_other_client(string model)
    {
        await using var server = Serve(model, static (context, _) =>
        {
            if (context.Payload.IsEmpty) Environment.FailFast("on purpose");
            context.Reply(context.Payload.Span);
            return default;
        }, static options => options with { Workers = 2, Processes = 2 });
        using var good = new DatagramClient("udp4");
        await good.SendAsync("before", server.Address);
        Assert.Equal("before", await good.TextAsync());
        using var bad = new DatagramClient("udp4");
        await bad.SendAsync("", server.Address);
        await UntilAsync(() => !server.Errors.IsEmpty);
        Assert.Contains("SIGABRT", Assert.IsType<WorkerDiedException>(server.Errors.First().Error).Message);
        await good.SendAsync("after", server.Address);
        Assert.Equal("after", await good.TextAsync());
    }

    [Theory(Timeout = Limit)]
    [InlineData("prefork", "udp4")]
    [InlineData("prefork", "udp6")]
    [InlineData("prefork", "unix")]
    [InlineData("process", "udp4")]
    public async Task All_workers_serve(string model, string wire)
    {
        await using var server = DatagramTestServer.Prepare(
            model, wire, (DatagramSceneHandler)ReportAndWait, static options => options with { Workers = 3, Processes = 3 }).Started();
        server.Scene.Signal("go");
        var workers = new HashSet<string>();
        for (var i = 0; i < 2_000 && workers.Count < 3; i++) // the kernel spreads senders by a hash of their addresses
        {
            using var client = new DatagramClient(wire);
            await client.SendAsync("x", server.Address);
            workers.Add(await server.Scene.NextAsync());
            await client.ReceiveAsync();
        }

        Assert.Equal(3, workers.Count);
    }

    [Fact(Timeout = Limit)]
    public async Task Under_prefork_what_waits_when_a_worker_dies_is_served_by_the_next()
    {
        await using var server = Serve("prefork:iterative", ReportAndWait, static options => options with { Processes = 1, QueueCapacity = 1 });
        using var client = new DatagramClient("udp4");
        await client.SendAsync("first", server.Address);
        var pid = int.Parse(await server.Scene.NextAsync());
        using var worker = Process.GetProcessById(pid);
        worker.Kill();
        await worker.WaitForExitAsync(TestContext.Current.CancellationToken); // nobody receives now: it stays in the socket
        await client.SendAsync("second", server.Address);
        server.Scene.Signal("go");
        Assert.NotEqual(pid, int.Parse(await server.Scene.NextAsync()));
        Assert.Equal("second", await client.TextAsync());
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models))]
    public async Task No_worker_outlives_the_server(string model)
    {
        var server = Serve(model, ReportAndWait, static options => options with { Workers = 2, Processes = 2 });
        using var client = new DatagramClient("udp4");
        await client.SendAsync("x", server.Address);
        var pid = int.Parse(await server.Scene.NextAsync()); // and does not let go
        await server.Server.StopAsync(TimeSpan.FromMilliseconds(50));
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(pid)); // gone and reaped
        Assert.Equal(1, server.Counters.Handled + server.Counters.Dropped);
        await server.DisposeAsync();
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models))]
    public async Task A_worker_that_cannot_be_started_is_a_clear_error_and_the_address_is_free_again(string model)
    {
        await using var server = Serve(model, ReportAndWait, static options => options with { Workers = 1, Processes = 1 });
        var address = server.Address;
        await server.DisposeAsync();
        foreach (var program in (string[])["/nowhere/at-all", "/bin/false"])
        {
            var options = new DatagramServerOptions
            {
                ListenOn = [address],
                Model = ConcurrencyModels.Find(model)!,
                Workers = 1,
                Processes = 1,
                Worker = new WorkerCommand { Program = program },
            };
            await using var broken = new DatagramServer(options, _ => default);
            Assert.Contains(program, Assert.Throws<WorkerStartException>(broken.Start).Message);
        }
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models))]
    public async Task A_worker_can_be_the_same_program_again(string model)
    {
        await using var server = DatagramProgram.Make(model, DatagramTestServer.Command("program") with
        {
            Environment = new Dictionary<string, string?> { [DatagramProgram.ModelVariable] = model },
        });
        server.Start();
        using var client = new DatagramClient("udp4");
        await client.SendAsync("x", server.LocalEndPoints[0]);
        var pid = int.Parse(await client.TextAsync());
        Assert.NotEqual(Environment.ProcessId, pid);
    }

    private static DatagramTestServer Serve(string model, DatagramSceneHandler handler, Func<DatagramServerOptions, DatagramServerOptions> change) =>
        DatagramTestServer.Prepare(model, "udp4", handler, change).Started();

    private static async ValueTask ReportAndWait(DatagramContext context, Scene scene)
    {
        scene.Report($"{Environment.ProcessId}");
        await context.OffloadAsync(static scene =>
        {
            scene.WaitFor("go");
            return 0;
        }, scene);
        context.Reply(context.Payload.Span);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition()) await Task.Delay(1, TestContext.Current.CancellationToken);
    }
}

/// <summary>A small program with two servers; started again as a worker, it serves for the second.</summary>
public static class DatagramProgram
{
    public const string ModelVariable = "ARGOSY_TEST_MODEL";

    /// <summary>What the host program calls. It does not return.</summary>
    public static void Run()
    {
        var model = Environment.GetEnvironmentVariable(ModelVariable)!;
        var other = Make(model, command: null, "another");
        other.Start(); // its parent's business: nothing happens
        Make(model, command: null).Start();
    }

    public static DatagramServer Make(string model, WorkerCommand? command, string name = "pids")
    {
        var options = new DatagramServerOptions
        {
            ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)],
            Model = ConcurrencyModels.Find(model)!,
            Name = name,
            Worker = command,
            Processes = 1,
            Workers = 1,
        };
        return new DatagramServer(options, static context =>
        {
            context.Reply(System.Text.Encoding.ASCII.GetBytes($"{Environment.ProcessId}"));
            return default;
        });
    }
}
