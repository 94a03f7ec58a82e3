using System.Net.Sockets;
using System.Text;

namespace Argosy.Sockets.Tests;

public abstract partial class ConcurrencyModelContract
{
    // What an FTP client sends to break a transfer off (RFC 959 section 4.1.3): IAC IP, IAC DM as Telnet's "Synch", whose last byte is urgent (RFC 854), ABOR.
    private static readonly byte[] Interrupt = [0xFF, 0xF4];
    private static readonly byte[] Synch = [0xFF, 0xF2];

    [Theory(Timeout = Limit)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bytes_before_and_behind_urgent_ones_arrive(bool keepsUrgent)
    {
        await using var server = Serve("tcp4", CollectAsync, keepsUrgent ? Keeping : Dropping);
        await using var client = await server.ConnectAsync();
        await client.ReceiveAsync(1); // it waits for more by now, or is about to
        for (var i = 0; i < 20; i++)
        {
            await client.SendAsync(Interrupt);
            client.Socket.Send(Synch, SocketFlags.OutOfBand);
            await client.SendAsync("ABOR\r\n");
            var seen = keepsUrgent ? "FFF4FFF2" : "FFF4FF";
            Assert.Equal(seen + Convert.ToHexString("ABOR\r\n"u8), await client.ReceiveTextAsync(seen.Length + 12));
        }

        Assert.Empty(server.Errors);
    }

    [Fact(Timeout = Limit)]
    public async Task Bytes_behind_passed_descriptors_arrive()
    {
        await using var server = Serve("unix", CollectAsync);
        await using var client = await server.ConnectAsync();
        await client.ReceiveAsync(1);
        using var passed = File.OpenHandle("/dev/null");
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(1, DescriptorPassing.Send(client.Socket.SafeHandle, "a"u8, [], [passed]));
            Assert.Equal(1, DescriptorPassing.Send(client.Socket.SafeHandle, "b"u8, [], [passed]));
            await client.SendAsync("c\n");
            Assert.Equal(Convert.ToHexString("abc\n"u8), await client.ReceiveTextAsync(8));
        }

        Assert.Empty(server.Errors);
    }

    private static StreamServerOptions Keeping(StreamServerOptions options) => options with { KeepsUrgentBytes = true };

    private static StreamServerOptions Dropping(StreamServerOptions options) => options;

    /// <summary>Answers each line with its bytes as numbers.</summary>
    private static async ValueTask CollectAsync(HandlerContext context, IConnection connection)
    {
        await connection.WriteAsync(">");
        var line = new byte[256];
        var length = 0;
        while (await connection.ReadAsync(line.AsMemory(length)) is > 0 and var count)
        {
            length += count;
            if (line[length - 1] != '\n') continue;
            await connection.WriteAsync(Encoding.ASCII.GetBytes(Convert.ToHexString(line, 0, length)));
            length = 0;
        }
    }
}
