namespace Argosy.Sockets.Tests;

/// <summary>TCP carries bytes, not messages. What goes wrong where a read is taken for a message, and that framing puts it right.</summary>
public sealed class StickyPacketTests
{
    private const int Limit = 30_000;
    private const int LargeBytes = 1_000_000;

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task Without_framing_two_writes_are_read_as_one(string model)
    {
        await using var server = TestServer.Start(model, "tcp4", CountReadsAsync);
        await using var client = await server.ConnectAsync();
        await SendInOneSegmentAsync(client, "one"u8.ToArray(), "two"u8.ToArray());
        await client.FinishSendingAsync();
        Assert.Equal("6 ", await client.ReceiveTextToEndAsync());
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task Without_framing_one_write_is_read_as_several(string model)
    {
        await using var server = TestServer.Start(model, "tcp4", CountReadsAsync);
        await using var client = await server.ConnectAsync();
        await client.SendAsync(new byte[LargeBytes]);
        await client.FinishSendingAsync();
        var reads = (await client.ReceiveTextToEndAsync()).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(reads.Length > 1);
        Assert.Equal(LargeBytes, reads.Sum(int.Parse));
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task With_framing_each_write_is_read_as_one(string model)
    {
        await using var server = TestServer.Start(model, "tcp4", CountMessagesAsync);
        await using var client = await server.ConnectAsync();
        await SendInOneSegmentAsync(client, [0, 0, 0, 3, .. "one"u8], [0, 0, 0, 3, .. "two"u8]);
        byte[] large = [0, LargeBytes >> 16, LargeBytes >> 8 & 0xFF, LargeBytes & 0xFF, .. new byte[LargeBytes]];
        await client.SendAsync(large);
        await client.FinishSendingAsync();
        Assert.Equal($"3 3 {LargeBytes} ", await client.ReceiveTextToEndAsync());
    }

    /// <summary>Answers with the length of each read.</summary>
    private static async ValueTask CountReadsAsync(HandlerContext context, IConnection connection)
    {
        var buffer = new byte[64 * 1024];
        while (await connection.ReadAsync(buffer) is > 0 and var count) await connection.WriteAsync($"{count} ");
    }

    /// <summary>Answers with the length of each message.</summary>
    private static async ValueTask CountMessagesAsync(HandlerContext context, IConnection connection)
    {
        using var frames = new FramedConnection(connection, new LengthFraming(4, LargeBytes));
        while (await frames.ReadAsync() is { } message) await connection.WriteAsync($"{message.Length} ");
    }

    /// <summary>What Nagle's algorithm does when it likes, a cork (tcp(7)) does always: both writes leave together.</summary>
    private static async Task SendInOneSegmentAsync(TestClient client, byte[] first, byte[] second)
    {
        const int ipProtoTcp = 6, tcpCork = 3;
        client.Socket.SetRawSocketOption(ipProtoTcp, tcpCork, BitConverter.GetBytes(1));
        await client.SendAsync(first);
        await client.SendAsync(second);
        client.Socket.SetRawSocketOption(ipProtoTcp, tcpCork, BitConverter.GetBytes(0));
    }
}
