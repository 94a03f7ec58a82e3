using System.Net;
using System.Net.Sockets;

namespace Argosy.Cli.Tests.Progressing;

/// <summary>A line of a speed that can be changed at any time; at 0 it stands still.</summary>
internal sealed class SlowLine : IAsyncDisposable
{
    private const int Piece = 16 * 1024;
    private const int Buffered = 64 * 1024;
    private static readonly TimeSpan Nap = TimeSpan.FromMilliseconds(10);
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private readonly int _target;
    private long _speed;
    private long _bytes;

    /// <param name="target">The server's port.</param>
    /// <param name="speed">Bytes a second each way.</param>
    public SlowLine(int target, long speed)
    {
        (_target, _speed) = (target, speed);
        _listener.Server.ReceiveBufferSize = Buffered;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Bytes a second each way.</summary>
    public long Speed
    {
        set => Volatile.Write(ref _speed, value);
    }

    /// <summary>Bytes that went either way.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var passing = new List<Task>();
        try
        {
            while (true)
                passing.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(passing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var closing = client;
        using var server = new TcpClient { ReceiveBufferSize = Buffered };
        await server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
        await Task.WhenAll(PassAsync(client.Client, server.Client), PassAsync(server.Client, client.Client));
    }

    private async Task PassAsync(Socket from, Socket to)
    {
        var buffer = new byte[Piece];
        try
        {
            int length;
            while ((length = await from.ReceiveAsync(buffer, _stop.Token)) > 0)
            {
                await WaitForTurnAsync(length);
                for (var sent = 0; sent < length;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, length - sent), _stop.Token);
                Interlocked.Add(ref _bytes, length);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            from.Close();
            to.Close();
        }
    }

    // So long as these bytes take at the speed that holds now, which may change while they wait.
    private async Task WaitForTurnAsync(int length)
    {
        for (var passed = 0.0; passed < length;)
        {
            var speed = Volatile.Read(ref _speed);
            if (speed >= long.MaxValue / 2)
                return;
            await Task.Delay(Nap, _stop.Token);
            passed += speed * Nap.TotalSeconds;
        }
    }
}
