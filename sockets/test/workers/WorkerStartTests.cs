using System.Diagnostics;

namespace Argosy.Sockets.Tests;

/// <summary>Workers that do not come up.</summary>
public sealed class WorkerStartTests
{
    private const int Limit = 60_000;

    public static TheoryData<string> Models => new("process", "prefork");

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models))]
    public async Task A_program_that_does_not_exist_is_a_clear_error(string model)
    {
        await using var server = NewServer(model, new WorkerCommand { Program = "/nowhere/at-all" });
        var error = Assert.Throws<WorkerStartException>(server.Start);
        Assert.Contains("/nowhere/at-all", error.Message);
        Assert.Empty(ChildProcesses.Of(Environment.ProcessId));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models))]
    public async Task A_program_that_ends_at_once_is_a_clear_error(string model)
    {
        await using var server = NewServer(model, new WorkerCommand { Program = "/bin/sh", Arguments = ["-c", "exit 7"] });
        var error = Assert.Throws<WorkerStartException>(server.Start);
        Assert.Contains("'/bin/sh -c exit 7' exited with code 7 before it served", error.Message);
        Assert.Empty(ChildProcesses.Of(Environment.ProcessId));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models))]
    public async Task A_program_that_never_gets_ready_is_killed(string model)
    {
        var never = new WorkerCommand { Program = "/bin/sleep", Arguments = ["600"], ReadyWithin = TimeSpan.FromSeconds(0.3) };
        await using var server = NewServer(model, never);
        var error = Assert.Throws<WorkerStartException>(server.Start);
        Assert.Contains("not ready in time", error.Message);
        Assert.Empty(ChildProcesses.Of(Environment.ProcessId));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models))]
    public async Task A_program_that_cannot_prepare_says_why(string model)
    {
        var unprepared = TestHost.Command with { Configuration = "no script at all"u8.ToArray() };
        await using var server = NewServer(model, unprepared);
        var error = Assert.Throws<WorkerStartException>(server.Start);
        Assert.Contains("cannot serve: ", error.Message);
        Assert.Empty(ChildProcesses.Of(Environment.ProcessId));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models))]
    public async Task A_program_that_stops_working_is_started_less_and_less_often(string model)
    {
        var folder = Directory.CreateTempSubdirectory("argosy-");
        var command = Breaking(folder.FullName);
        await using (var server = TestServer.Prepare(
            model, "tcp4", new Func<HandlerContext, IConnection, ValueTask>(Handlers.EchoAsync), options => options with { Workers = 1 }, [("log", true)],
            command).Started())
        {
            var worker = Assert.Single(ChildProcesses.Of(Environment.ProcessId));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "broken"), "", TestContext.Current.CancellationToken);
            Signals.Send(worker.Id, Signals.Kill);
            var attempts = Path.Combine(folder.FullName, "attempts");
            await UntilAsync(() => Count(attempts) >= 1);
            var watch = Stopwatch.StartNew();
            await UntilAsync(() => Count(attempts) >= 4);
            Assert.True(watch.ElapsedMilliseconds > 1_000, $"three more attempts within {watch.ElapsedMilliseconds} ms"); // pauses of 200, 400 and 800 ms
            Assert.Contains(server.Scene.LogLines, line => line.Contains("cannot be started"));
            File.Delete(Path.Combine(folder.FullName, "broken"));
            await using var client = await server.ConnectAsync();
            await client.SendAsync("back");
            Assert.Equal("back", await client.ReceiveTextAsync(4));
        }

        folder.Delete(recursive: true);
    }

    /// <summary>A command that works until a file named "broken" is there, and counts the times it does not.</summary>
    private static WorkerCommand Breaking(string folder) => TestHost.Command with
    {
        Program = "/bin/sh",
        Arguments =
        [
            "-c", "if [ -e \"$0/broken\" ]; then echo x >> \"$0/attempts\"; exit 1; fi; exec \"$@\"", folder,
            TestHost.Command.Program, .. TestHost.Command.Arguments,
        ],
    };

    private static int Count(string path) => File.Exists(path) ? File.ReadAllLines(path).Length : 0;

    private static StreamServer NewServer(string model, WorkerCommand command) => new(
        new StreamServerOptions { ListenOn = [Wire.NewAddress("tcp4")], Model = ConcurrencyModels.Find(model)!, Worker = command, SpareWorkers = 2 },
        context => Handlers.EchoAsync(context, context.Connection));

    private static Task UntilAsync(Func<bool> condition) => ConcurrencyModelContract.UntilAsync(condition);
}
