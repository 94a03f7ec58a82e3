using Argosy.Client;

namespace Argosy.Cli.Tests.Spine;

/// <summary>What clients meet when the server goes down and comes back.</summary>
public sealed class StopTests
{
    private static readonly byte[] Half = Contents.Random(300_000, 7);

    public static TheoryData<bool, string> Some => Check.HalfOfTransportsAndModels(second: false);

    public static TheoryData<bool, string> Others => Check.HalfOfTransportsAndModels(second: true);

    /// <summary>Models and how the server ends: in order, or killed.</summary>
    public static TheoryData<string, int> Ends
    {
        get
        {
            (string Model, int)[] inTurns = [("async", 9), ("threads", ServeProcess.SigTerm), ("process", ServeProcess.SigTerm), ("prefork", 9)];
            return new(Check.All ? inTurns.SelectMany(end => new[] { (end.Model, ServeProcess.SigTerm), (end.Model, 9) }) : inTurns);
        }
    }

    [Theory]
    [MemberData(nameof(Some))]
    public async Task A_transfer_under_way_is_finished_and_an_idle_client_is_told(bool tls, string model)
    {
        await using var deployment = await Deployment.StartAsync("--model", model, "--drain", "1m");
        using var idle = await PlainConnection.OpenAsync(deployment.Server.Address);
        await idle.SendAsync("""{"cmd":"ping","id":1}""");
        await idle.ReplyAsync();
        await using var upload = deployment.BeginPut("/file", tls);
        await upload.WriteAsync(Half);
        await deployment.WaitForStagedAsync();

        deployment.Server.Signal(ServeProcess.SigTerm);
        Assert.Contains("\"error\":\"stopping\"", await idle.ReplyAsync());
        await Assert.ThrowsAsync<EndOfStreamException>(idle.ReplyAsync);

        // New clients are not let in, the one that is there goes on.
        Assert.Equal(3, (await deployment.RunAsync("ls", deployment.Url("/", tls))).ExitCode);
        await upload.WriteAsync(Half);
        Assert.Equal(0, (await upload.FinishAsync()).ExitCode);
        Assert.Equal((0, ""), await deployment.Server.WaitAsync());
        Assert.Equal((byte[])[.. Half, .. Half], await File.ReadAllBytesAsync(deployment.Stored("file")));
        await deployment.AssertNothingIsStagedAsync();
    }

    [Theory]
    [MemberData(nameof(Others))]
    public async Task After_the_deadline_the_rest_is_cut_and_nothing_half_is_published(bool tls, string model)
    {
        await using var deployment = await Deployment.StartAsync("--model", model, "--drain", "300ms");
        await deployment.DoAsync("put", deployment.Home.Write("old", "the old version"), deployment.Url("/file", tls));
        await using var upload = deployment.BeginPut("/file", tls);
        await upload.WriteAsync(Half);
        await deployment.WaitForStagedAsync();

        Assert.Equal(0, await deployment.Server.StopAsync());
        Assert.Contains((await upload.FinishAsync()).ExitCode, (int[])[1, 3, 4]);
        Assert.Equal("the old version", await File.ReadAllTextAsync(deployment.Stored("file")));
        await deployment.AssertNothingIsStagedAsync();
    }

    [Fact]
    public async Task A_second_signal_does_not_wait_for_the_deadline()
    {
        await using var deployment = await Deployment.StartAsync("--drain", "1h");
        await using var upload = deployment.BeginPut("/file");
        await upload.WriteAsync(Half);
        await deployment.WaitForStagedAsync();

        deployment.Server.Signal(ServeProcess.SigTerm);
        await deployment.Server.WaitForLogAsync("Stopping");
        await Task.Delay(500); // A signal that comes twice at once was meant once.
        deployment.Server.Signal(ServeProcess.SigTerm);
        Assert.Equal(1, (await deployment.Server.WaitAsync()).ExitCode);
        Assert.Contains((await upload.FinishAsync()).ExitCode, (int[])[3, 4]);
        Assert.False(File.Exists(deployment.Stored("file")));

        // What was staged goes with the next start.
        await deployment.RestartAsync();
        await deployment.DoAsync("ls", deployment.Url("/"));
        await deployment.AssertNothingIsStagedAsync();
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task It_starts_again_at_once_on_the_same_port_with_clients_still_connected(string model, int signal)
    {
        await using var deployment = await Deployment.StartAsync("--model", model, "--drain", "300ms");
        await using var first = await deployment.ConnectAsync(tls: true);
        await using var second = await deployment.ConnectAsync();
        await using var upload = deployment.BeginPut("/file");
        await upload.WriteAsync(Half);
        await deployment.WaitForStagedAsync();

        deployment.Server.Signal(signal);
        await deployment.Server.WaitAsync();
        await deployment.RestartAsync();
        foreach (var client in new[] { first, second })
            await Assert.ThrowsAnyAsync<ClientException>(() => client.PingAsync());
        await using var again = await deployment.ConnectAsync(tls: true);
        await again.PingAsync();
    }
}
