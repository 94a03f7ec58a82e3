using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Argosy.Sockets.Tests;

/// <summary>The peer in a test: the runtime's own sockets and TLS, none of our code.</summary>
public sealed class TestClient : IAsyncDisposable
{
    private TestClient(Socket socket, Stream stream) => (Socket, Stream) = (socket, stream);

    public Socket Socket { get; }

    public Stream Stream { get; }

    public static async Task<TestClient> ConnectAsync(EndPoint address, string wire)
    {
        var socket = Wire.NewSocket(address);
        await socket.ConnectAsync(address);
        if (!Wire.IsUnix(wire)) socket.NoDelay = true;
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (Wire.IsTls(wire))
        {
            var tls = new SslStream(stream);
            await tls.AuthenticateAsClientAsync(Wire.ClientTls);
            stream = tls;
        }

        return new TestClient(socket, stream);
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await Stream.WriteAsync(bytes, TestContext.Current.CancellationToken);

    public Task SendAsync(string text) => SendAsync(System.Text.Encoding.UTF8.GetBytes(text));

    public async Task<byte[]> ReceiveAsync(int count)
    {
        var bytes = new byte[count];
        await Stream.ReadExactlyAsync(bytes, TestContext.Current.CancellationToken);
        return bytes;
    }

    public async Task<string> ReceiveTextAsync(int count) => System.Text.Encoding.UTF8.GetString(await ReceiveAsync(count));

    public async Task<byte[]> ReceiveToEndAsync()
    {
        var all = new MemoryStream();
        await Stream.CopyToAsync(all, TestContext.Current.CancellationToken);
        return all.ToArray();
    }

    public async Task<string> ReceiveTextToEndAsync() => System.Text.Encoding.UTF8.GetString(await ReceiveToEndAsync());

    public async Task FinishSendingAsync()
    {
        if (Stream is SslStream tls) await SayGoodbyeAsync(tls);
        Socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>OpenSSL refuses ("shutdown while in init") while a read beside it is between two session tickets of the server.</summary>
    private static async Task SayGoodbyeAsync(SslStream tls)
    {
        while (true)
        {
            try
            {
                await tls.ShutdownAsync();
                return;
            }
            catch (CryptographicException)
            {
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }
        }
    }

    /// <summary>True when the server closes a new connection at once: during the connect, or a moment later.</summary>
    public static async Task<bool> IsRefusedAsync(EndPoint address, string wire)
    {
        try
        {
            await using var client = await ConnectAsync(address, wire);
            return await client.IsCutAsync();
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionReset;
        }
    }

    /// <summary>True when the connection ends with a reset (or is cut, which a Unix socket cannot tell from an end).</summary>
    public async Task<bool> IsCutAsync()
    {
        try
        {
            var buffer = new byte[4096];
            while (await Stream.ReadAsync(buffer, TestContext.Current.CancellationToken) > 0)
            {
            }

            return Socket.AddressFamily == AddressFamily.Unix;
        }
        catch (IOException)
        {
            return true;
        }
    }

    public async ValueTask DisposeAsync() => await Stream.DisposeAsync();
}
