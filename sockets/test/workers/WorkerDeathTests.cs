using System.Globalization;

namespace Argosy.Sockets.Tests;

/// <summary>What the death of a worker costs, and whom.</summary>
public sealed class WorkerDeathTests
{
    private const int Limit = 60_000;

    [Theory(Timeout = Limit)]
    [InlineData("process")]
    [InlineData("prefork")]
    [InlineData("prefork:threads")]
    public async Task A_killed_worker_ends_its_own_clients_alone_and_is_replaced(string model)
    {
        await using var server = Serve(model);
        await using var first = await server.ConnectAsync();
        var killed = await WorkerOfAsync(first);
        await using var other = await ConnectToOtherAsync(server, killed);
        Signals.Send(killed, Signals.Kill);
        await EndsAsync(first);
        await UntilAsync(() => !server.Errors.IsEmpty);
        var died = Assert.IsType<WorkerDiedException>(Assert.Single(server.Errors));
        Assert.Equal((killed, 137, 1), (died.ProcessId, died.ExitCode, died.Lost));
        Assert.Equal(1, server.Server.Counters.Failed);
        await other.SendAsync("on");
        Assert.Equal("on", await other.ReceiveTextAsync(2));
        await using var next = await server.ConnectAsync();
        Assert.NotEqual(killed, await WorkerOfAsync(next));
        await UntilAsync(() => server.Server.ActiveConnections == 2);
        Assert.DoesNotContain(ChildProcesses.Of(Environment.ProcessId), child => child.IsZombie);
    }

    [Fact(Timeout = Limit)]
    public async Task Under_process_the_client_of_a_killed_worker_sees_a_reset()
    {
        await using var server = Serve("process");
        await using var client = await server.ConnectAsync();
        Signals.Send(await WorkerOfAsync(client), Signals.Kill);
        Assert.True(await client.IsCutAsync(), "an end of stream would make what has come look complete");
    }

    [Theory(Timeout = Limit)]
    [InlineData("process", "exit", 3)]
    [InlineData("process", "fail", 134)]
    [InlineData("prefork", "exit", 3)]
    public async Task A_handler_that_ends_its_process_is_reported_with_the_exit_code(string model, string how, int code)
    {
        await using var server = Serve(model);
        await using var client = await server.ConnectAsync();
        await WorkerOfAsync(client);
        await client.SendAsync(how);
        await EndsAsync(client);
        await UntilAsync(() => !server.Errors.IsEmpty);
        Assert.Equal(code, Assert.IsType<WorkerDiedException>(Assert.Single(server.Errors)).ExitCode);
        await using var next = await server.ConnectAsync();
        await WorkerOfAsync(next);
    }

    [Fact(Timeout = Limit)]
    public async Task What_a_killed_worker_held_of_the_limits_comes_back()
    {
        await using var server = Serve("prefork", options => options with { MaxConnections = 2, MaxPerAddress = 2 });
        await using var first = await server.ConnectAsync();
        await using var second = await server.ConnectAsync();
        var workers = new HashSet<int> { await WorkerOfAsync(first), await WorkerOfAsync(second) };
        Assert.True(await server.IsRefusedAsync());
        foreach (var worker in workers) Signals.Send(worker, Signals.Kill);
        await UntilAsync(() => server.Server.ActiveConnections == 0);
        await using var third = await server.ConnectAsync();
        await using var fourth = await server.ConnectAsync();
        Assert.DoesNotContain(await WorkerOfAsync(third), workers);
        Assert.DoesNotContain(await WorkerOfAsync(fourth), workers);
        Assert.True(await server.IsRefusedAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task Under_process_clients_that_have_left_cost_no_process_where_those_are_short()
    {
        const int many = 20;
        await using var server = Serve("process");
        await using var first = await server.ConnectAsync();
        await WorkerOfAsync(first);
        for (var i = 0; i < many; i++) await using (await server.ConnectAsync())
        {
            // gone without a word
        }

        await using var second = await server.ConnectAsync();
        await WorkerOfAsync(second);
        Assert.InRange(server.Server.Counters.Refused(RefusalReason.GivenUp), many - 2, many);
    }

    [Theory(Timeout = Limit)]
    [InlineData("process")]
    [InlineData("prefork:threads")]
    public async Task A_handler_that_takes_no_notice_of_an_abort_is_killed_with_its_worker(string model)
    {
        await using var server = Serve(model);
        await using var client = await server.ConnectAsync();
        var worker = await WorkerOfAsync(client);
        await client.SendAsync("sleep");
        Assert.Equal("sleep", await client.ReceiveTextAsync(5));
        await server.Server.StopAsync(TimeSpan.Zero);
        Assert.Equal(0, server.Server.ActiveConnections);
        Assert.False(ChildProcesses.Lives(worker));
        Assert.Empty(ChildProcesses.Of(Environment.ProcessId));
        var error = Assert.Single(server.Errors);
        Assert.Equal(ConnectionError.Aborted, Assert.IsType<ConnectionException>(error).Error);
    }

    private static TestServer Serve(string model, Func<StreamServerOptions, StreamServerOptions>? change = null) =>
        TestServer.Prepare(model, "tcp4", new Func<HandlerContext, IConnection, ValueTask>(ServeAsync), change, []).Started();

    /// <summary>Says which process it is, then echoes, and does what some words ask for.</summary>
    private static async ValueTask ServeAsync(HandlerContext context, IConnection connection)
    {
        await connection.WriteAsync($"{Environment.ProcessId,10}");
        var buffer = new byte[100];
        while (await connection.ReadAsync(buffer) is > 0 and var count)
        {
            var word = System.Text.Encoding.UTF8.GetString(buffer, 0, count);
            if (word == "exit") Environment.Exit(3);
            if (word == "fail") Environment.FailFast("as the test wants it");
            await connection.WriteAsync(word);
            if (word == "sleep") Thread.Sleep(Timeout.Infinite);
        }
    }

    private static async Task<int> WorkerOfAsync(TestClient client) =>
        int.Parse(await client.ReceiveTextAsync(10), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);

    private static async Task<TestClient> ConnectToOtherAsync(TestServer server, int worker)
    {
        for (var i = 0; i < 200; i++)
        {
            var client = await server.ConnectAsync();
            if (await WorkerOfAsync(client) != worker) return client;
            await client.DisposeAsync();
            await UntilAsync(() => server.Server.ActiveConnections == 1);
        }

        throw new InvalidOperationException("One worker took 200 connections in a row.");
    }

    private static async Task EndsAsync(TestClient client)
    {
        try
        {
            Assert.Empty(await client.ReceiveToEndAsync());
        }
        catch (IOException)
        {
            // A reset: that is an end as well.
        }
    }

    private static Task UntilAsync(Func<bool> condition) => ConcurrencyModelContract.UntilAsync(condition);
}
