namespace Argosy.Sockets.Tests;

public sealed class FramedConnectionTests
{
    private const int Limit = 30_000;

    [Theory(Timeout = Limit)]
    [InlineData("threads", 0)]
    [InlineData("async", 20)] // the whole process is counted, and the runtime allocates a little now and then
    public async Task An_echo_of_messages_allocates_nothing_per_message(string model, int bytesPerMessage)
    {
        const int count = 10_000, warmUp = 2_000;
        var allocated = new TaskCompletionSource<long>();
        await using var server = TestServer.Start(model, "tcp4", async (_, connection) =>
        {
            using var frames = new FramedConnection(connection, new LengthFraming(4, 1000));
            await EchoAsync(frames, warmUp);
            var before = Allocated();
            await EchoAsync(frames, count);
            allocated.SetResult(Allocated() - before);
        });
        using var client = Wire.NewSocket(server.Address);
        await client.ConnectAsync(server.Address);
        byte[] message = [0, 0, 0, 60, .. new byte[60]];
        var answer = new byte[64];
        for (var i = 0; i < warmUp + count; i++)
        {
            await client.SendAsync(message.AsMemory());
            for (var got = 0; got < answer.Length;) got += await client.ReceiveAsync(answer.AsMemory(got));
        }

        Assert.InRange(await allocated.Task, 0, Math.Max(1, bytesPerMessage) * count);

        long Allocated() => model == "threads" ? GC.GetAllocatedBytesForCurrentThread() : GC.GetTotalAllocatedBytes();
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.AllOverEveryWire), MemberType = typeof(Models))]
    public async Task Long_messages_and_changed_framings_pass_over_every_wire(string model, string wire)
    {
        await using var server = TestServer.Start(model, wire, async (_, connection) =>
        {
            using (var lines = new FramedConnection(connection, new LineFraming(100)))
                await lines.WriteAsync((await lines.ReadAsync())!.Value);
            using var frames = new FramedConnection(connection, new LengthFraming(8, 10_000_000));
            while (await frames.ReadAsync() is { } message) await frames.WriteAsync(message);
        });
        await using var client = await server.ConnectAsync();
        var stream = LineAndMessage(3_000_000);
        var sending = client.SendAsync(stream);
        var received = await client.ReceiveAsync(stream.Length);
        await sending;
        await client.FinishSendingAsync();
        Assert.True(stream.AsSpan().SequenceEqual(received));
        Assert.Empty(await client.ReceiveToEndAsync());
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.AllOverEveryWire), MemberType = typeof(Models))]
    public async Task A_deadline_within_a_message_loses_no_byte(string model, string wire)
    {
        await using var server = TestServer.Start(model, wire, async (_, connection) =>
        {
            using var frames = new FramedConnection(connection, new LengthFraming(2, 100));
            connection.ReadDeadline = Deadline.After(TimeSpan.FromMilliseconds(100));
            await Assert.ThrowsAsync<TimeoutException>(async () => await frames.ReadAsync());
            connection.ReadDeadline = Deadline.Never;
            await connection.WriteAsync(">");
            await frames.WriteAsync((await frames.ReadAsync())!.Value);
        });
        await using var client = await server.ConnectAsync();
        await client.SendAsync(new byte[] { 0, 4, (byte)'h' });
        Assert.Equal(">", await client.ReceiveTextAsync(1));
        await client.SendAsync("alf");
        Assert.Equal("\0\u0004half", await client.ReceiveTextToEndAsync());
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task After_a_message_that_was_cut_nothing_follows(string model)
    {
        var done = new TaskCompletionSource();
        await using var server = TestServer.Start(model, "tcp4", async (_, connection) =>
        {
            using var frames = new FramedConnection(connection, new LengthFraming(4, 100_000_000));
            Assert.Equal(0, (await frames.ReadAsync())!.Value.Length); // the client is connected, for itself too
            var much = new byte[64_000_000]; // before the clock runs: a part of it has to be on its way
            connection.WriteDeadline = Deadline.After(TimeSpan.FromSeconds(1));
            await Assert.ThrowsAsync<TimeoutException>(async () => await frames.WriteAsync(much));
            connection.WriteDeadline = Deadline.Never;
            await Assert.ThrowsAsync<ConnectionException>(async () => await frames.WriteAsync(new byte[1]));
            connection.Abort();
            done.SetResult();
        });
        await using var client = await server.ConnectAsync();
        await client.SendAsync(new byte[4]);
        await done.Task;
    }

    private static byte[] LineAndMessage(int length)
    {
        var message = new byte[length];
        new Random(1).NextBytes(message);
        return [.. "hello\r\n"u8, 0, 0, 0, 0, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length, .. message];
    }

    private static async ValueTask EchoAsync(FramedConnection frames, int count)
    {
        for (var i = 0; i < count && await frames.ReadAsync() is { } message; i++) await frames.WriteAsync(message);
    }

    [Fact]
    public async Task A_deadline_before_the_first_part_of_a_message_cuts_nothing()
    {
        var connection = new ScriptedConnection() { LateWrite = 1 };
        using var frames = new FramedConnection(connection, new LengthFraming(4, 1_000_000));
        await Assert.ThrowsAsync<TimeoutException>(async () => await frames.WriteAsync(new byte[100_000]));
        await frames.WriteAsync(new byte[100_000]);
        Assert.Equal(100_004, connection.Written.Length);
    }

    [Fact]
    public async Task A_message_that_was_cut_between_two_parts_is_followed_by_nothing()
    {
        var connection = new ScriptedConnection() { LateWrite = 2 };
        using var frames = new FramedConnection(connection, new LengthFraming(4, 1_000_000));
        await Assert.ThrowsAsync<TimeoutException>(async () => await frames.WriteAsync(new byte[100_000]));
        var cut = await Assert.ThrowsAsync<ConnectionException>(async () => await frames.WriteAsync(new byte[1]));
        Assert.Equal(ConnectionError.Failed, cut.Error);
        Assert.Equal(4, connection.Written.Length);
    }

    [Fact]
    public async Task A_message_that_is_here_does_not_outlive_the_deadline_nor_the_wish_of_who_reads()
    {
        using var frames = new FramedConnection(new ScriptedConnection("a\nb\nc\n"u8.ToArray()), new LineFraming(10));
        Assert.Equal("a"u8.ToArray(), (await frames.ReadAsync())!.Value.ToArray());
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await frames.ReadAsync(new CancellationToken(canceled: true)));
        frames.Connection.ReadDeadline = Deadline.After(TimeSpan.Zero);
        await Assert.ThrowsAsync<TimeoutException>(async () => await frames.ReadAsync());
        frames.Connection.ReadDeadline = Deadline.Never;
        Assert.Equal("b"u8.ToArray(), (await frames.ReadAsync())!.Value.ToArray());
    }
}
