using System.Diagnostics;

namespace Argosy.Sockets.Tests;

public abstract partial class ConcurrencyModelContract
{
    private static readonly int[] Sizes = [1, 2, 4095, 4096, 4097, 65_537, 300_001, 1_000_003, 64 * 1024 * 1024];

    [Theory(Timeout = Limit)]
    [EveryWire]
    public async Task Bytes_arrive_in_order_and_complete(string wire)
    {
        await using var server = Serve(wire, Handlers.EchoAsync);
        foreach (var size in Wire.ChecksAll || Wire.Few.Contains(wire) ? Sizes : [300_001])
        {
            await using var client = await server.ConnectAsync();
            var sent = Noise(size);
            var sending = Task.Run(() => client.SendAsync(sent), TestContext.Current.CancellationToken);
            var received = await client.ReceiveAsync(size);
            await sending;
            Assert.True(sent.AsSpan().SequenceEqual(received), $"{size} bytes came back as others");
            await client.FinishSendingAsync(); // not while receiving: SslStream's shutdown and a read beside it disturb each other
            Assert.Empty(await client.ReceiveToEndAsync());
        }

        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task Many_messages_in_one_segment_are_read_one_by_one(string wire)
    {
        await using var server = Serve(wire, static async (_, connection) =>
        {
            var message = new byte[3];
            for (var i = 0; i < 5; i++)
            {
                await connection.ReadExactlyAsync(message);
                await connection.WriteAsync(message.AsMemory(0, 1));
            }
        });
        await using var client = await server.ConnectAsync();
        await client.SendAsync("a11b22c33d44e55");
        Assert.Equal("abcde", await client.ReceiveTextToEndAsync());
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task One_message_in_many_segments_is_put_together(string wire)
    {
        await using var server = Serve(wire, static async (_, connection) =>
        {
            var message = new byte[5];
            await connection.WriteAsync(">");
            await connection.ReadExactlyAsync(message);
            await connection.WriteAsync(message);
        });
        await using var client = await server.ConnectAsync();
        Assert.Equal(">", await client.ReceiveTextAsync(1));
        foreach (var letter in "tiles")
        {
            await client.SendAsync(letter.ToString());
            await Task.Yield();
        }

        Assert.Equal("tiles", await client.ReceiveTextToEndAsync());
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task A_read_takes_all_that_has_arrived(string wire)
    {
        const int length = 3 * 16 * 1024; // three records of TLS
        await using var server = Serve(wire, static async (context, connection, scene) =>
        {
            await context.OffloadAsync(static scene => { scene.WaitFor("sent"); return true; }, scene);
            scene.Report(await connection.ReadAsync(new byte[2 * length]));
        });
        await using var client = await server.ConnectAsync();
        await client.SendAsync(Noise(length));
        server.Scene.Signal("sent");
        Assert.Equal($"{length}", await server.Scene.NextAsync());
    }

    [Theory(Timeout = Limit)]
    [InlineData("tcp4+tls")]
    public async Task What_came_before_a_broken_record_is_read_before_the_failure(string wire)
    {
        const int length = 3 * 16 * 1024; // SslStream alone takes one or two of its records
        await using var server = Serve(wire, static async (context, connection, scene) =>
        {
            await context.OffloadAsync(static scene => { scene.WaitFor("sent"); return true; }, scene);
            try
            {
                while (true) scene.Report(await connection.ReadAsync(new byte[2 * length]) > 0);
            }
            catch (ConnectionException failure)
            {
                scene.Report(failure.Error);
            }
        });
        await using var client = await server.ConnectAsync();
        await client.SendAsync(Noise(length));
        await client.Socket.SendAsync((byte[])[0x17, 3, 3, 0, 32, .. new byte[32]]); // a record that nobody encrypted
        server.Scene.Signal("sent");
        Assert.Equal("True", await server.Scene.NextAsync());
        Assert.Equal($"{ConnectionError.Tls}", await server.Scene.NextAsync());
    }

    [Theory(Timeout = Limit)]
    [EveryWire]
    public async Task The_peer_may_finish_sending_and_go_on_reading(string wire)
    {
        await using var server = Serve(wire, static async (_, connection) =>
        {
            var buffer = new byte[100];
            var total = 0;
            while (await connection.ReadAsync(buffer) is > 0 and var count) total += count;
            await connection.WriteAsync($"{total} bytes");
        });
        await using var client = await server.ConnectAsync();
        await client.SendAsync("four");
        await client.FinishSendingAsync();
        Assert.Equal("4 bytes", await client.ReceiveTextToEndAsync());
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [EveryWire]
    public async Task A_handler_may_finish_sending_and_go_on_reading(string wire)
    {
        await using var server = Serve(wire, static async (_, connection, scene) =>
        {
            await connection.WriteAsync("over");
            await connection.ShutdownWriteAsync();
            var answer = new byte[4];
            await connection.ReadExactlyAsync(answer);
            scene.Report(System.Text.Encoding.UTF8.GetString(answer));
        });
        await using var client = await server.ConnectAsync();
        Assert.Equal("over", await client.ReceiveTextToEndAsync());
        await client.SendAsync("well");
        Assert.Equal("well", await server.Scene.NextAsync());
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task A_slow_reader_slows_its_sender_and_grows_no_memory(string wire)
    {
        const int blockBytes = 64 * 1024, blocks = 1024;
        await using var server = Serve(wire, static async (_, connection, scene) =>
        {
            long written = 0;
            var block = Noise(blockBytes);
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var beside = Task.Run(async () =>
            {
                scene.Report(await StallsAsync(() => Interlocked.Read(ref written)));
                scene.Report(GC.GetTotalMemory(forceFullCollection: true) - before);
            });
            for (var i = 0; i < blocks; i++)
            {
                await connection.WriteAsync(block);
                Interlocked.Add(ref written, block.Length);
            }

            await beside;
        });
        await using var client = await server.ConnectAsync();
        await client.ReceiveAsync(1);
        var stalled = long.Parse(await server.Scene.NextAsync());
        Assert.True(stalled < 32 * 1024 * 1024, $"{stalled} bytes were written to a peer that reads nothing");
        Assert.InRange(long.Parse(await server.Scene.NextAsync()), long.MinValue, 16 * 1024 * 1024);
        var rest = (long)blocks * blockBytes - 1;
        var buffer = new byte[1 << 20];
        while (rest > 0) rest -= await client.Stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
        Assert.Equal(0, rest);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task Bytes_put_back_are_read_first(string wire)
    {
        await using var server = Serve(wire, static async (_, connection) =>
        {
            var buffer = new byte[6];
            await connection.ReadExactlyAsync(buffer);
            connection.Unread(buffer.AsSpan(3));
            connection.Unread(buffer.AsSpan(0, 3));
            await connection.ReadExactlyAsync(buffer.AsMemory(0, 4));
            await connection.WriteAsync(buffer.AsMemory(0, 4));
            connection.Unread("<>"u8);
            await connection.ReadExactlyAsync(buffer.AsMemory(0, 4));
            await connection.WriteAsync(buffer.AsMemory(0, 4));
        });
        await using var client = await server.ConnectAsync();
        await client.SendAsync("anchor");
        Assert.Equal("anch<>or", await client.ReceiveTextToEndAsync());
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task A_read_into_nothing_waits_until_there_is_something(string wire)
    {
        await using var server = Serve(wire, static async (_, connection) =>
        {
            await connection.WriteAsync(">");
            connection.ReadDeadline = In(0.05);
            await Assert.ThrowsAsync<TimeoutException>(async () => await connection.ReadAsync(Memory<byte>.Empty));
            connection.ReadDeadline = In(20);
            await connection.WriteAsync(">");
            Assert.Equal(0, await connection.ReadAsync(Memory<byte>.Empty));
            connection.ReadDeadline = In(0.2);
            var word = new byte[4];
            await connection.ReadExactlyAsync(word);
            await connection.WriteAsync(word);
        });
        await using var client = await server.ConnectAsync();
        Assert.Equal(">>", await client.ReceiveTextAsync(2));
        await client.SendAsync("some");
        Assert.Equal("some", await client.ReceiveTextToEndAsync());
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task A_cancelled_read_loses_no_byte(string wire)
    {
        const int count = 20_000;
        await using var server = Serve(wire, static async (_, connection) =>
        {
            var buffer = new byte[64];
            byte expected = 0;
            using (var soon = new CancellationTokenSource(5))
                await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await connection.ReadAsync(buffer, soon.Token));
            await connection.WriteAsync(">");
            for (var received = 0; received < count;)
            {
                var cancel = new CancellationTokenSource();
                ThreadPool.UnsafeQueueUserWorkItem(_ => cancel.Cancel(), null);
                try
                {
                    var read = await connection.ReadAsync(buffer, cancel.Token);
                    for (var i = 0; i < read; i++) Assert.Equal(expected++, buffer[i]);
                    received += read;
                }
                catch (OperationCanceledException)
                {
                    // Nothing was taken: the next read begins where this one would have.
                }
            }

            await connection.WriteAsync("all");
        });
        await using var client = await server.ConnectAsync();
        Assert.Equal(">", await client.ReceiveTextAsync(1));
        for (var i = 0; i < count; i += 10)
        {
            await client.SendAsync(Enumerable.Range(i, 10).Select(n => (byte)n).ToArray());
            if (i % 1000 == 0) await Task.Yield();
        }

        Assert.Equal("all", await client.ReceiveTextToEndAsync());
        Assert.Empty(server.Errors);
    }

    /// <summary>The value once it has stood still for a moment.</summary>
    private static async Task<long> StallsAsync(Func<long> value)
    {
        var last = value();
        var since = Stopwatch.StartNew();
        while (since.ElapsedMilliseconds < 300)
        {
            await Task.Delay(20);
            if (value() == last) continue;
            last = value();
            since.Restart();
        }

        return last;
    }
}
