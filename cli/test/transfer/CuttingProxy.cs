using System.Net;
using System.Net.Sockets;

namespace Argosy.Cli.Tests.Transfer;

/// <summary>
/// A line that can be watched and cut: passes bytes on, counts them, and stands still once so many have gone one way, until the test says how it
/// goes on.
/// </summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<int> _target;
    private readonly Task _accepting;
    private long _up;
    private long _down;
    private Halt? _halt;

    /// <param name="target">The server's port, asked at each connection.</param>
    public CuttingProxy(Func<int> target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Bytes that went either way since <see cref="Reset"/>.</summary>
    public long Bytes => Volatile.Read(ref _up) + Volatile.Read(ref _down);

    /// <summary>Bytes that went to the server since <see cref="Reset"/>.</summary>
    public long Up => Volatile.Read(ref _up);

    /// <summary>Connections that were made, ever.</summary>
    public int Connections { get; private set; }

    /// <summary>Counts from nothing again; the next connection is not halted.</summary>
    public void Reset()
    {
        (_up, _down) = (0, 0);
        _halt = null;
    }

    /// <summary>Stands still once so many bytes have gone one way since the last reset.</summary>
    public Halt HaltAt(bool up, long bytes) => _halt = new Halt(up, bytes);

    public async ValueTask DisposeAsync()
    {
        _halt?.GoOn(cut: true);
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        _stop.Dispose();
    }

    private long Count(bool up) => Volatile.Read(ref up ? ref _up : ref _down);

    private async Task AcceptAsync()
    {
        var passing = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Connections++;
                passing.Add(ServeAsync(client));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(passing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var closing = client;
        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, _target(), _stop.Token);
        await Task.WhenAll(PassAsync(client, server, up: true), PassAsync(server, client, up: false));
    }

    private async Task PassAsync(TcpClient from, TcpClient to, bool up)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            NetworkStream source = from.GetStream(), sink = to.GetStream();
            int length;
            while ((length = await source.ReadAsync(buffer, _stop.Token)) > 0)
            {
                var passed = 0;
                while (_halt is { IsOver: false } halt && halt.Up == up && Count(up) + length - passed >= halt.Bytes)
                {
                    var count = (int)Math.Max(0, halt.Bytes - Count(up));
                    await sink.WriteAsync(buffer.AsMemory(passed, count), _stop.Token);
                    Interlocked.Add(ref up ? ref _up : ref _down, count);
                    passed += count;
                    if (await halt.StandAsync())
                        throw new IOException("The line was cut.");
                }

                await sink.WriteAsync(buffer.AsMemory(passed, length - passed), _stop.Token);
                Interlocked.Add(ref up ? ref _up : ref _down, length - passed);
            }

            to.Client.Shutdown(SocketShutdown.Send);
        }
        catch (Exception gone) when (gone is IOException or SocketException or InvalidOperationException or OperationCanceledException)
        {
            // A reset, and no orderly end: what a lost line looks like.
            foreach (var side in (TcpClient[])[from, to])
            {
                side.LingerState = new LingerOption(true, 0);
                side.Close();
            }
        }
    }

    /// <summary>A moment at which the line stands still.</summary>
    internal sealed class Halt(bool up, long bytes)
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<bool> _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Up => up;

        public long Bytes => bytes;

        public bool IsOver => _goOn.Task.IsCompleted;

        /// <summary>Completes when it stands still.</summary>
        public Task Reached => _reached.Task;

        /// <summary>Passes bytes again, or resets both sides.</summary>
        public void GoOn(bool cut) => _goOn.TrySetResult(cut);

        public Task<bool> StandAsync()
        {
            _reached.TrySetResult();
            return _goOn.Task;
        }
    }
}
