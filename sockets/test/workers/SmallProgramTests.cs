namespace Argosy.Sockets.Tests;

/// <summary>A program that knows nothing of workers is run as a real process under the process models.</summary>
public sealed class SmallProgramTests
{
    private const int Limit = 60_000;

    [Theory(Timeout = Limit)]
    [InlineData("process", false)]
    [InlineData("process", true)]
    [InlineData("prefork", false)]
    [InlineData("prefork:threads", true)]
    public async Task It_serves_unchanged_and_drains_on_SIGTERM(string model, bool byDotnet)
    {
        using var program = await SmallProgram.StartAsync(byDotnet, model);
        var (client, name, worker) = await program.ConnectAsync();
        Assert.Equal(model, name);
        Assert.NotEqual(program.Id, worker);
        var all = ChildProcesses.Of(program.Id);
        Assert.Contains(all, child => child.Id == worker);
        foreach (var child in all)
        {
            Signals.Send(child.Id, Signals.Interrupt); // as a terminal does to the whole group
            Signals.Send(child.Id, Signals.Terminate); // as a service manager does
        }

        await client.SendAsync("still");
        Assert.Equal("still", await client.ReceiveTextAsync(5));
        Signals.Send(program.Id, Signals.Terminate);
        await UntilRefusedAsync(program);
        await client.SendAsync("to the end");
        Assert.Equal("to the end", await client.ReceiveTextAsync(10));
        await client.DisposeAsync();
        Assert.Equal("stopped", await program.ReadLineAsync());
        Assert.Equal(0, await program.ExitCodeAsync());
        Assert.All(all, child => Assert.False(ChildProcesses.Lives(child.Id)));
    }

    [Fact(Timeout = Limit)]
    public async Task Each_of_several_servers_has_workers_of_its_own()
    {
        string[] models = ["prefork", "async", "process"];
        using var program = await SmallProgram.StartAsync(byDotnet: false, models);
        for (var i = 0; i < models.Length; i++)
        {
            var (client, name, worker) = await program.ConnectAsync(i);
            Assert.Equal(models[i], name);
            Assert.Equal(models[i] == "async", worker == program.Id);
            await client.DisposeAsync();
        }
    }

    [Theory(Timeout = Limit)]
    [InlineData("process")]
    [InlineData("prefork")]
    [InlineData("prefork:threads")]
    public async Task When_it_is_killed_no_process_stays_behind(string model)
    {
        using var program = await SmallProgram.StartAsync(byDotnet: false, model);
        var (idle, _, _) = await program.ConnectAsync();
        var (blocked, _, _) = await program.ConnectAsync();
        await blocked.SendAsync("sleep"); // from now on its handler blocks for ever
        var all = ChildProcesses.Of(program.Id);
        Assert.NotEmpty(all);
        Signals.Send(program.Id, Signals.Kill);
        await ConcurrencyModelContract.UntilAsync(() => all.All(child => !ChildProcesses.Lives(child.Id)));
        await idle.DisposeAsync();
        await blocked.DisposeAsync();
    }

    private static Task UntilRefusedAsync(SmallProgram program) => Task.Run(async () =>
    {
        var address = new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, program.Ports[0]);
        while (true)
        {
            try
            {
                await using var late = await TestClient.ConnectAsync(address, "tcp4");
            }
            catch (System.Net.Sockets.SocketException)
            {
                return;
            }
        }
    }, TestContext.Current.CancellationToken);
}
