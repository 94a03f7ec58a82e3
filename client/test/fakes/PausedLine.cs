using System.Net;
using System.Net.Sockets;

namespace Argosy.Client.Tests;

/// <summary>A line to a server that is cut once, after so many bytes, as after a pause in which the server gave its client up.</summary>
internal sealed class PausedLine : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _passing = [];
    private readonly PauseTests.JumpingClock? _clock;
    private readonly int _target;
    private readonly Task _accepting;
    private long _left = long.MaxValue;

    /// <param name="target">The server's port.</param>
    /// <param name="clock">The client's, which jumps when the line is cut; null: it is cut without a pause.</param>
    public PausedLine(int target, PauseTests.JumpingClock? clock)
    {
        (_target, _clock) = (target, clock);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Connections => _passing.Count;

    /// <summary>Cuts the line when so many bytes more have passed.</summary>
    public void PauseAt(long bytes) => Interlocked.Exchange(ref _left, bytes);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        await Task.WhenAll(_passing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _passing.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            return;
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var closing = client;
        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
        await Task.WhenAll(PassAsync(client, server), PassAsync(server, client));
    }

    private async Task PassAsync(TcpClient from, TcpClient to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            int length;
            while ((length = await from.GetStream().ReadAsync(buffer, _stop.Token)) > 0)
            {
                var before = Interlocked.Add(ref _left, -length) + length;
                if (before > 0 && before <= length)
                {
                    _clock?.Jump(45);
                    throw new IOException("The line is cut.");
                }

                await to.GetStream().WriteAsync(buffer.AsMemory(0, length), _stop.Token);
            }

            to.Client.Shutdown(SocketShutdown.Send);
        }
        catch (Exception gone) when (gone is IOException or SocketException or InvalidOperationException or OperationCanceledException)
        {
            foreach (var side in (TcpClient[])[from, to])
                side.Client?.Close(timeout: 0);
        }
    }
}
