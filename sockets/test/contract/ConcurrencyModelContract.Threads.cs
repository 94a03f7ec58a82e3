namespace Argosy.Sockets.Tests;

public abstract partial class ConcurrencyModelContract
{
    private bool HasOwnThreads => model != "async"; // whose handlers run on any thread of the runtime's pool

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task A_handler_stays_where_its_model_runs_it_after_every_kind_of_await(string wire)
    {
        var finished = new TaskCompletionSource<List<(string Await, Thread Thread, bool IsPooled)>>();
        await using var upstream = Serve(wire, Handlers.EchoAsync);
        await using var server = Serve(wire, async (context, connection) =>
        {
            var seen = new List<(string, Thread, bool)>();
            void Note(string what) => seen.Add((what, Thread.CurrentThread, Thread.CurrentThread.IsThreadPoolThread));
            var byteRead = new byte[1];
            Note("start");
            await connection.WriteAsync(">");
            Note("write");
            await connection.ReadExactlyAsync(byteRead); // the peer answers later: this one waits
            Note("read");
            var other = await context.ConnectAsync(upstream.Address, In(20));
            Note("connect");
            if (Wire.IsTls(wire)) other = await other.AuthenticateAsClientAsync(Wire.ClientTls, In(20));
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
            finished.SetResult(seen);
        });
        await using var client = await server.ConnectAsync();
        await client.ReceiveAsync(1);
        await Task.Delay(20, TestContext.Current.CancellationToken); // the handler's read is to be waiting
        await client.SendAsync("x");
        await using var second = await TestClient.ConnectAsync(Parse(await ReadLineAsync(client)), "tcp4");
        await client.ReceiveAsync(8 * 1024 * 1024);
        var seen = await finished.Task;
        if (HasOwnThreads) Assert.All(seen, step => Assert.True(step.Thread == seen[0].Thread, $"{step.Await}: on '{step.Thread.Name}'"));
        Assert.All(seen, step => Assert.True(step.IsPooled == !HasOwnThreads, step.Await));
        Assert.Empty(server.Errors);
    }

    [Fact(Timeout = Limit)]
    public async Task Setup_and_finish_run_where_handle_runs()
    {
        var threads = new List<(Thread Thread, bool IsPooled)>();
        var options = new StreamServerOptions { ListenOn = [Wire.NewAddress("tcp4")], Model = ConcurrencyModels.Find(model)! };
        await using var server = new StreamServer(options, () => new Locator(threads));
        server.Start();
        await using var client = await TestClient.ConnectAsync(server.LocalEndPoints[0], "tcp4");
        await client.ReceiveToEndAsync();
        await server.StopAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(3, threads.Count);
        if (HasOwnThreads) Assert.Single(threads.Distinct());
        Assert.All(threads, thread => Assert.Equal(!HasOwnThreads, thread.IsPooled));
    }

    [Fact(Timeout = Limit)]
    public async Task An_echo_allocates_nothing_per_message()
    {
        Assert.SkipUnless(HasOwnThreads, "not applicable: its threads are shared with this test; see its own test");
        const int warmUp = 1_000, count = 10_000;
        var allocated = new TaskCompletionSource<long>();
        await using var server = Serve("tcp4", async (_, connection) =>
        {
            var buffer = new byte[64];
            await EchoAsync(connection, buffer, warmUp);
            var before = GC.GetAllocatedBytesForCurrentThread();
            await EchoAsync(connection, buffer, count);
            allocated.SetResult(GC.GetAllocatedBytesForCurrentThread() - before);
        });
        await using var client = await server.ConnectAsync();
        for (var i = 0; i < warmUp + count; i++)
        {
            await client.SendAsync(new byte[64]);
            await client.ReceiveAsync(64);
        }

        Assert.InRange(await allocated.Task, 0, count); // less than a byte each
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

    private sealed class Locator(List<(Thread, bool)> threads) : ConnectionHandler
    {
        public override async ValueTask SetupAsync()
        {
            threads.Add((Thread.CurrentThread, Thread.CurrentThread.IsThreadPoolThread));
            await Task.Yield();
        }

        public override async ValueTask HandleAsync()
        {
            threads.Add((Thread.CurrentThread, Thread.CurrentThread.IsThreadPoolThread));
            await Task.Delay(1).ConfigureAwait(false); // carries it off its thread, which only the handler itself is to feel
        }

        public override ValueTask FinishAsync()
        {
            threads.Add((Thread.CurrentThread, Thread.CurrentThread.IsThreadPoolThread));
            return default;
        }
    }
}
