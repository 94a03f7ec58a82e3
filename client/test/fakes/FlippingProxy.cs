using System.Net;
using System.Net.Sockets;

namespace Argosy.Client.Tests;

/// <summary>A bad line: passes bytes on and flips one bit of those that go one way.</summary>
internal sealed class FlippingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private readonly Task _accepting;

    public FlippingProxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The bit to flip in what the client sends; -1: none.</summary>
    public long UpBit { get; set; } = -1;

    /// <summary>The bit to flip in what the server sends; -1: none.</summary>
    public long DownBit { get; set; } = -1;

    /// <summary>What the client sent over the last connection.</summary>
    public MemoryStream Up { get; private set; } = new();

    /// <summary>What the server sent over the last connection.</summary>
    public MemoryStream Down { get; private set; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
    }

    private async Task AcceptAsync()
    {
        // One connection may linger at the server while the next one is made.
        var passing = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                (Up, Down) = (new MemoryStream(), new MemoryStream());
                passing.Add(ServeAsync(client, UpBit, DownBit, Up, Down));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(passing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ServeAsync(TcpClient client, long upBit, long downBit, MemoryStream up, MemoryStream down)
    {
        using var closing = client;
        using var server = new TcpClient { NoDelay = true };
        client.NoDelay = true;
        await server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
        await Task.WhenAll(PassAsync(client, server, upBit, up), PassAsync(server, client, downBit, down));
    }

    private async Task PassAsync(TcpClient from, TcpClient to, long bit, MemoryStream record)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            NetworkStream source = from.GetStream(), sink = to.GetStream();
            int length;
            while ((length = await source.ReadAsync(buffer, _stop.Token)) > 0)
            {
                var at = (bit / 8) - record.Length;
                if (bit >= 0 && at >= 0 && at < length)
                    buffer[at] ^= (byte)(1 << (int)(bit % 8));
                record.Write(buffer, 0, length);
                await sink.WriteAsync(buffer.AsMemory(0, length), _stop.Token);
            }

            to.Client.Shutdown(SocketShutdown.Send);
        }
        catch (Exception gone) when (gone is IOException or SocketException or InvalidOperationException)
        {
            from.Close();
            to.Close();
        }
    }
}
