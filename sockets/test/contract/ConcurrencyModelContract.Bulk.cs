namespace Argosy.Sockets.Tests;

/// <summary>Parts of a handler that move many bytes: where operations complete at once, and everything else as it is in the handler.</summary>
public abstract partial class ConcurrencyModelContract
{
    private static readonly AsyncLocal<string?> Carried = new();

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task A_bulk_part_moves_bytes_both_ways(string wire)
    {
        await using var server = Serve(wire, static (context, connection) =>
            context.BulkAsync(static connection => Handlers.EchoAsync(null!, connection), connection));
        await using var client = await server.ConnectAsync();
        foreach (var size in (int[])[1, 300_001, 12 << 20])
        {
            var sent = Noise(size);
            var sending = client.SendAsync(sent);
            var received = await client.ReceiveAsync(size);
            await sending;
            Assert.True(sent.AsSpan().SequenceEqual(received));
        }

        await client.FinishSendingAsync();
        Assert.Empty(await client.ReceiveToEndAsync());
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task Parts_that_stand_still_keep_no_other_from_moving(string wire)
    {
        const int still = 40; // more than there are lanes
        NotFor(CostsAProcess, "each has a process of its own");
        NeedsAtOnce(still + 1);
        await using var server = Serve(wire, static (context, connection) =>
            context.BulkAsync(static connection => Handlers.EchoAsync(null!, connection), connection));
        var quiet = new List<TestClient>();
        try
        {
            for (var i = 0; i < still; i++)
            {
                quiet.Add(await server.ConnectAsync());
                await quiet[i].SendAsync("x");
                Assert.Equal("x", await quiet[i].ReceiveTextAsync(1));
            }

            await using var client = await server.ConnectAsync();
            var sent = Noise(1 << 20);
            var sending = client.SendAsync(sent);
            var received = await client.ReceiveAsync(sent.Length);
            await sending;
            Assert.True(sent.AsSpan().SequenceEqual(received));
            foreach (var other in quiet)
            {
                await other.SendAsync("y");
                Assert.Equal("y", await other.ReceiveTextAsync(1));
            }
        }
        finally
        {
            foreach (var other in quiet) await other.DisposeAsync();
        }
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task After_a_bulk_part_the_handler_goes_on_where_it_was(string wire)
    {
        await using var server = Serve(wire, static async (context, connection, scene) =>
        {
            scene.Report(Place());
            for (var round = 0; round < 5; round++)
            {
                var letter = new byte[1];
                await connection.ReadExactlyAsync(letter); // the last that has come, so that nothing is left to be told of
                await context.BulkAsync(
                    static async work =>
                    {
                        await work.connection.WriteAsync("go");
                        await work.connection.ReadExactlyAsync(work.letter);
                    },
                    (connection, letter));
                await connection.WriteAsync(letter); // what else came meanwhile is still there
                await connection.ReadExactlyAsync(letter);
                await connection.WriteAsync(letter);
            }

            scene.Report(Place());
        });
        await using var client = await server.ConnectAsync();
        for (var round = 0; round < 5; round++)
        {
            await client.SendAsync("a");
            Assert.Equal("go", await client.ReceiveTextAsync(2));
            await client.SendAsync(round % 2 == 0 ? "bc" : "b");
            Assert.Equal("b", await client.ReceiveTextAsync(1));
            if (round % 2 != 0) await client.SendAsync("c");
            Assert.Equal("c", await client.ReceiveTextAsync(1));
        }

        Assert.Empty(await client.ReceiveToEndAsync());
        var (before, after) = (await server.Scene.NextAsync(), await server.Scene.NextAsync());
        if (HasOwnThreads) Assert.Equal(before, after);
        Assert.Empty(server.Errors);
    }

    [Fact(Timeout = Limit)]
    public async Task What_a_bulk_part_throws_reaches_the_handler_and_harms_nobody_else()
    {
        await using var server = Serve("tcp4", static async (context, connection) =>
        {
            await Assert.ThrowsAsync<InvalidTimeZoneException>(
                async () => await context.BulkAsync<int>(static _ => throw new InvalidTimeZoneException("at once"), 0));
            await Assert.ThrowsAsync<InvalidTimeZoneException>(async () => await context.BulkAsync<int>(
                static async _ =>
                {
                    await Task.Delay(1);
                    throw new InvalidTimeZoneException("later");
                },
                0));
            using var cancelled = new CancellationTokenSource();
            await cancelled.CancelAsync();
            var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await context.BulkAsync(
                static async work => await work.connection.ReadAsync(new byte[1], work.Token), (connection, cancelled.Token)));
            Assert.Equal(cancelled.Token, error.CancellationToken);
            await connection.WriteAsync("goes on");
        });
        await using var client = await server.ConnectAsync();
        Assert.Equal("goes on", await client.ReceiveTextToEndAsync());
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task A_bulk_part_stays_on_its_lane_and_has_all_that_the_handler_has(string wire)
    {
        await using var upstream = Serve(wire, Handlers.EchoAsync);
        await using var server = Serve(wire, static async (context, connection, scene) =>
        {
            Carried.Value = "carried";
            await context.BulkAsync(PlayAsync, (context, connection, scene));
            await connection.WriteAsync("done");

            static async ValueTask PlayAsync((HandlerContext Context, IConnection Connection, Scene Scene) stage)
            {
                var (context, connection, scene) = stage;
                Assert.Equal("carried", Carried.Value);
                await Task.Delay(2);
                Assert.False(Thread.CurrentThread.IsThreadPoolThread);
                await Task.Run(static () => Thread.Yield());
                Assert.False(Thread.CurrentThread.IsThreadPoolThread);
                var here = Environment.CurrentManagedThreadId;
                Assert.Equal(here, await context.OffloadAsync(static _ => Environment.CurrentManagedThreadId, 0)); // it may wait for a disk itself
                await context.BulkAsync(here => ValueTaskOf(() => Assert.Equal(here, Environment.CurrentManagedThreadId)), here); // one in another
                var other = await context.ConnectAsync(scene.Address("upstream"), In(20));
                if (connection.Tls() is not null) other = await other.AuthenticateAsClientAsync(Wire.ClientTls, In(20));
                Assert.False(Thread.CurrentThread.IsThreadPoolThread);
                await other.WriteAsync("x");
                Assert.Equal(1, await context.WaitAnyAsync(new[] { connection, other }, In(20)));
                Assert.False(Thread.CurrentThread.IsThreadPoolThread);
                await other.ReadExactlyAsync(new byte[1]);
                Assert.Equal("carried", Carried.Value);
            }
        }, ("upstream", upstream.Address));
        await using var client = await server.ConnectAsync();
        Assert.Equal("done", await client.ReceiveTextToEndAsync());
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Interruptions))]
    public async Task In_a_bulk_part_they_mean_what_they_mean_in_the_handler(string operation, Interruption interruption, string wire)
    {
        using var full = await FullListener.TcpAsync();
        await using var server = Serve(
            wire, static (context, connection, scene) => context.BulkAsync(static play => Meanings.PlayAsync(play.context, play.connection, play.scene), (context, connection, scene)),
            ("operation", operation), ("interruption", interruption), ("full", full.Address));
        await PlayMeaningsAsync(server);
    }

    public static TheoryData<string, Interruption, string> Interruptions => Wire.ChecksAll
        ? AllInterruptions()
        : new()
        {
            { "read", Interruption.DeadlineDuring, "tcp4+tls" },
            { "read", Interruption.AbortedDuring, "tcp4" },
            { "write", Interruption.CancelledDuring, "tcp4" },
        };

    [Fact(Timeout = Limit)]
    public async Task A_stop_ends_bulk_parts_as_it_ends_handlers()
    {
        await using var server = Serve("tcp4", static (context, connection, scene) => context.BulkAsync(
            static async work =>
            {
                await work.connection.WriteAsync("x");
                var error = await Record.ExceptionAsync(async () => await work.connection.ReadAsync(new byte[1]));
                work.scene.Report((error as ConnectionException)?.Error.ToString() ?? $"{error}");
            },
            (connection, scene)));
        await using var client = await server.ConnectAsync();
        await client.ReceiveAsync(1);
        await server.Server.StopAsync(TimeSpan.FromMilliseconds(50));
        Assert.Equal("Aborted", await server.Scene.NextAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task Thousands_of_bulk_parts_keep_few_threads()
    {
        await using var server = Serve("tcp4", static async (context, connection, scene) =>
        {
            var threads = new HashSet<int>();
            for (var i = 0; i < 3_000; i++)
                await context.BulkAsync(static threads => ValueTaskOf(() => threads.Add(Environment.CurrentManagedThreadId)), threads);
            scene.Report(threads.Count);
            await connection.WriteAsync("done");
        });
        await using var client = await server.ConnectAsync();
        Assert.Equal("done", await client.ReceiveTextToEndAsync());
        Assert.InRange(int.Parse(await server.Scene.NextAsync()), 1, Math.Clamp(2 * Environment.ProcessorCount, 4, 32));
    }

    private static TheoryData<string, Interruption, string> AllInterruptions()
    {
        var all = new TheoryData<string, Interruption, string>();
        foreach (var (operation, interruption, wire) in Meanings.RowsOf(0)) all.Add(operation, interruption, wire);
        return all;
    }

    private static ValueTask ValueTaskOf(Action action)
    {
        action();
        return default;
    }
}
