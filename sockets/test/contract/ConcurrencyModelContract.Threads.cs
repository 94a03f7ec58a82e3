namespace Argosy.Sockets.Tests;

public abstract partial class ConcurrencyModelContract
{
    private bool HasOwnThreads => model != "async"; // whose handlers run on any thread of the runtime's pool

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task A_handler_stays_where_its_model_runs_it_after_every_kind_of_await(string wire)
    {
        await using var upstream = Serve(wire, Handlers.EchoAsync);
        await using var server = Serve(wire, static async (context, connection, scene) =>
        {
            var seen = new List<string>();
            void Note(string what) => seen.Add($"{what}|{Place()}");
            var byteRead = new byte[1];
            Note("start");
            await connection.WriteAsync(">");
            Note("write");
            await connection.ReadExactlyAsync(byteRead); // the peer answers later: this one waits
            Note("read");
            var other = await context.ConnectAsync(scene.Address("upstream"), In(20));
            Note("connect");
            if (connection.Tls() is not null) other = await other.AuthenticateAsClientAsync(Wire.ClientTls, In(20));
            Note("handshake");
            await other.WriteAsync("x");
            await context.WaitAnyAsync(new[] { connection, other }, In(20));
            Note("wait-any");
            await other.ReadExactlyAsync(byteRead);
            await using (var listener = context.Listen(Wire.NewAddress("tcp4")))
            {
                await connection.WriteAsync(listener.LocalEndPoint + "\n");
                await using var accepted = await context.AcceptAsync(listener, In(20));
                Note("accept");
            }

            await context.OffloadAsync(static ms => Thread.CurrentThread.Join(ms), 1);
            Note("offload");
            await Task.Delay(2);
            Note("delay");
            await Task.Run(() => Thread.Yield());
            Note("foreign task");
            await Task.Yield();
            Note("yield");
            connection.ReadDeadline = In(0.02);
            await Assert.ThrowsAsync<TimeoutException>(async () => await connection.ReadAsync(byteRead));
            Note("deadline");
            connection.ReadDeadline = Deadline.Never;
            using (var soon = new CancellationTokenSource(5))
                await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await connection.ReadAsync(byteRead, soon.Token));
            Note("cancelled read");
            await connection.WriteAsync(new byte[8 * 1024 * 1024]);
            Note("write that waits");
            seen.ForEach(scene.Report);
            scene.Report("|end");
        }, ("upstream", upstream.Address));
        await using var client = await server.ConnectAsync();
        await client.ReceiveAsync(1);
        await Task.Delay(20, TestContext.Current.CancellationToken); // the handler's read is to be waiting
        await client.SendAsync("x");
        await using var second = await TestClient.ConnectAsync(Parse(await ReadLineAsync(client)), "tcp4");
        await client.ReceiveAsync(8 * 1024 * 1024);
        var seen = new List<string[]>();
        while (await server.Scene.NextAsync() is not "|end" and var step) seen.Add(step.Split('|'));
        Assert.Equal(14, seen.Count);
        if (HasOwnThreads) Assert.All(seen, step => Assert.True(step[1] == seen[0][1], $"{step[0]}: on {step[1]}"));
        Assert.All(seen, step => Assert.True(step[2] == (HasOwnThreads ? "own" : "pooled"), step[0]));
        Assert.Empty(server.Errors);
    }

    [Fact(Timeout = Limit)]
    public async Task Setup_and_finish_run_where_handle_runs()
    {
        await using var server = Serve<Locator>();
        await using var client = await server.ConnectAsync();
        await client.ReceiveToEndAsync();
        await server.Server.StopAsync(TimeSpan.FromSeconds(20));
        var places = server.Scene.Reported();
        Assert.Equal(3, places.Count);
        if (HasOwnThreads) Assert.Single(places.Distinct());
        Assert.All(places, place => Assert.EndsWith(HasOwnThreads ? "|own" : "|pooled", place));
    }

    [Fact(Timeout = Limit)]
    public async Task An_echo_allocates_nothing_per_message()
    {
        Assert.SkipUnless(HasOwnThreads, "not applicable: its threads are shared with this test; see its own test");
        const int warmUp = 1_000, count = 10_000;
        await using var server = Serve("tcp4", static async (_, connection, scene) =>
        {
            var buffer = new byte[64];
            await EchoAsync(connection, buffer, warmUp);
            var before = GC.GetAllocatedBytesForCurrentThread();
            await EchoAsync(connection, buffer, count);
            scene.Report(GC.GetAllocatedBytesForCurrentThread() - before);
        });
        await using var client = await server.ConnectAsync();
        for (var i = 0; i < warmUp + count; i++)
        {
            await client.SendAsync(new byte[64]);
            await client.ReceiveAsync(64);
        }

        Assert.InRange(long.Parse(await server.Scene.NextAsync()), 0, count); // less than a byte each
    }

    /// <summary>Which thread this is, and whether it is one of the runtime's pool.</summary>
    private static string Place()
    {
        var thread = Thread.CurrentThread;
        return $"thread {thread.ManagedThreadId} '{thread.Name}'|{(thread.IsThreadPoolThread ? "pooled" : "own")}";
    }

    private static async ValueTask EchoAsync(IConnection connection, byte[] buffer, int messages)
    {
        for (var i = 0; i < messages; i++)
        {
            connection.ReadDeadline = In(10);
            var count = await connection.ReadAsync(buffer); // no method of the test's own between: its state machine would be allocated
            await connection.WriteAsync(buffer.AsMemory(0, count));
        }
    }

    private sealed class Locator(Scene scene) : ConnectionHandler
    {
        public override async ValueTask SetupAsync()
        {
            scene.Report(Place());
            await Task.Yield();
        }

        public override async ValueTask HandleAsync()
        {
            scene.Report(Place());
            await Task.Delay(1).ConfigureAwait(false); // carries it off its thread, which only the handler itself is to feel
        }

        public override ValueTask FinishAsync()
        {
            scene.Report(Place());
            return default;
        }
    }
}
