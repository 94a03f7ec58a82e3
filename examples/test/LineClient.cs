using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Argosy.Examples.Tests;

/// <summary>A plain client that talks in lines, or in bytes.</summary>
internal sealed class LineClient : IDisposable
{
    private readonly NetworkStream _stream;

    public LineClient(Socket socket) => (Socket, _stream) = (socket, new NetworkStream(socket, ownsSocket: true));

    public Socket Socket { get; }

    public static async Task<LineClient> ConnectAsync(EndPoint address, int? receiveBuffer = null)
    {
        var socket = address is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } size) socket.ReceiveBufferSize = size; // before the window is agreed
        await socket.ConnectAsync(address);
        return new LineClient(socket);
    }

    public async Task SendAsync(string text) => await SendAsync(Encoding.UTF8.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        using var limit = new CancellationTokenSource(ExampleProcess.Patience);
        await _stream.WriteAsync(bytes, limit.Token);
    }

    /// <summary>Sends a line.</summary>
    public Task SayAsync(string line) => SendAsync(line + "\n");

    /// <summary>Sends a line and reads one.</summary>
    public async Task<string?> AskAsync(string line)
    {
        await SayAsync(line);
        return await HearAsync();
    }

    /// <summary>The next line, without its ending; null at the end of the stream.</summary>
    public async Task<string?> HearAsync()
    {
        var (line, one) = (new List<byte>(), new byte[1]);
        while (true)
        {
            if (await ReadAsync(one) == 0) return line.Count == 0 ? null : throw new EndOfStreamException($"The line was cut: {Text(line)}");
            if (one[0] == '\n') return Text(line).TrimEnd('\r');
            line.Add(one[0]);
        }
    }

    /// <summary>Exactly so many bytes.</summary>
    public async Task<byte[]> ReadExactlyAsync(int count)
    {
        var bytes = new byte[count];
        for (var got = 0; got < count;)
        {
            var more = await ReadAsync(bytes.AsMemory(got));
            if (more == 0) throw new EndOfStreamException($"{got} of {count} bytes came.");
            got += more;
        }

        return bytes;
    }

    /// <summary>All until the end of the stream.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var (all, buffer) = (new List<byte>(), new byte[4096]);
        while (await ReadAsync(buffer) is > 0 and var count) all.AddRange(buffer[..count]);
        return Text(all);
    }

    /// <summary>Reads until the peer is done with us, in good order or not.</summary>
    public async Task ReadToEndOrResetAsync()
    {
        try
        {
            await ReadToEndAsync();
        }
        catch (IOException)
        {
            // A reset is an end too.
        }
    }

    public void FinishSending() => Socket.Shutdown(SocketShutdown.Send);

    /// <summary>True when something, or the end, could be read at this moment.</summary>
    public bool HasSomethingToRead => Socket.Poll(0, SelectMode.SelectRead);

    public void Dispose() => _stream.Dispose();

    private async Task<int> ReadAsync(Memory<byte> buffer)
    {
        using var limit = new CancellationTokenSource(ExampleProcess.Patience);
        return await _stream.ReadAsync(buffer, limit.Token);
    }

    private static string Text(List<byte> bytes) => Encoding.UTF8.GetString([.. bytes]);
}
