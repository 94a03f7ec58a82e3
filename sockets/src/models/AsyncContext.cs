using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets;

/// <summary>The context of the model <c>async</c>.</summary>
internal sealed class AsyncContext(ServedConnection served) : ServedContext(served)
{
    private static readonly TimeSpan FullBacklogPause = TimeSpan.FromMilliseconds(10);

    public override ValueTask<TResult> OffloadAsync<TState, TResult>(Func<TState, TResult> work, TState state) =>
        DiskPool.Shared.RunAsync(work, state);

    protected override async ValueTask<StreamConnection> OpenAsync(EndPoint address, Deadline deadline)
    {
        using var timer = Timer(deadline);
        while (true)
        {
            var socket = NewSocket(address);
            try
            {
                await socket.ConnectAsync(address, timer.Token);
                return new RuntimeConnection(socket);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
            {
                // unix(7): the listener's backlog is full, and nothing tells when it is not.
                socket.Dispose();
                if (deadline.HasPassed) throw TimedOut($"Connecting to {address}");
                await Task.Delay(FullBacklogPause);
            }
            catch (SocketException e)
            {
                socket.Dispose();
                throw ConnectionErrors.FromConnect(e, address);
            }
            catch (OperationCanceledException)
            {
                socket.Dispose();
                throw TimedOut($"Connecting to {address}");
            }
        }
    }

    protected override async ValueTask<StreamConnection> AcceptAsync(SocketListener listener, Deadline deadline)
    {
        using var timer = Timer(deadline);
        while (true)
        {
            try
            {
                return new RuntimeConnection(await listener.Socket.AcceptAsync(timer.Token));
            }
            catch (SocketException e) when (!listener.IsDisposed && e.SocketErrorCode == SocketError.ConnectionAborted)
            {
                // accept(2): that one connection was over before we took it.
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                var tried = $"Accepting on {listener.LocalEndPoint}";
                throw e is SocketException error && !listener.IsDisposed
                    ? ConnectionErrors.FromSocket(error, tried)
                    : ConnectionErrors.FromErrno(Errno.EBADF, tried);
            }
            catch (OperationCanceledException)
            {
                throw TimedOut($"Accepting on {listener.LocalEndPoint}");
            }
        }
    }

    protected override async ValueTask<int> WaitAnyAsync(StreamConnection[] connections, Deadline deadline)
    {
        var index = Array.FindIndex(connections, connection => connection.HasBufferedInput);
        if (index >= 0) return index;
        using var timer = Timer(deadline);
        var waits = Array.ConvertAll(connections, connection => connection.WaitReadableAsync(timer.Token).AsTask());
        await Task.WhenAny(waits);
        await timer.CancelAsync();
        await Task.WhenAll(waits).ContinueWith(static _ => { }, TaskScheduler.Default); // each has let go of its socket
        index = Array.FindIndex(waits, wait => !wait.IsCanceled);
        return index >= 0 ? index : throw TimedOut("Waiting for the first of several connections");
    }

    private static Socket NewSocket(EndPoint address)
    {
        try
        {
            return address switch
            {
                UnixDomainSocketEndPoint => new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
                IPEndPoint ip => new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp),
                _ => new Socket(SocketType.Stream, ProtocolType.Tcp), // a name: either family
            };
        }
        catch (SocketException e)
        {
            throw ConnectionErrors.FromSocket(e, $"Connecting to {address}");
        }
    }

    private static CancellationTokenSource Timer(Deadline deadline) =>
        deadline.IsNever ? new CancellationTokenSource() : new CancellationTokenSource(deadline.Remaining);
}
