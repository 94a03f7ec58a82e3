using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Argosy.Cli.Tests;

/// <summary>The simplest client (docs/protocol.md section 6): a length, a header, the bytes.</summary>
internal sealed class PlainConnection : IDisposable
{
    private readonly TcpClient _tcp;
    private readonly NetworkStream _stream;

    private PlainConnection(TcpClient tcp) => (_tcp, _stream) = (tcp, tcp.GetStream());

    public static async Task<PlainConnection> OpenAsync(IPEndPoint server)
    {
        var tcp = new TcpClient();
        await tcp.ConnectAsync(server);
        tcp.ReceiveTimeout = tcp.SendTimeout = (int)ArgosyCommand.Patience.TotalMilliseconds;
        return new PlainConnection(tcp);
    }

    public async Task SendAsync(string header)
    {
        var bytes = Encoding.UTF8.GetBytes(header);
        var length = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)bytes.Length);
        await _stream.WriteAsync((byte[])[.. length, .. bytes]);
    }

    public async Task SendBytesAsync(ReadOnlyMemory<byte> bytes) => await _stream.WriteAsync(bytes);

    public async Task<string> ReplyAsync()
    {
        using var limit = new CancellationTokenSource(ArgosyCommand.Patience);
        var length = new byte[4];
        await _stream.ReadExactlyAsync(length, limit.Token);
        var header = new byte[BinaryPrimitives.ReadUInt32LittleEndian(length)];
        await _stream.ReadExactlyAsync(header, limit.Token);
        return Encoding.UTF8.GetString(header);
    }

    /// <summary>A short body, as text.</summary>
    public async Task<string> TextAsync(int count)
    {
        using var limit = new CancellationTokenSource(ArgosyCommand.Patience);
        var bytes = new byte[count];
        await _stream.ReadExactlyAsync(bytes, limit.Token);
        return Encoding.UTF8.GetString(bytes);
    }

    public void Dispose() => _tcp.Dispose();
}
