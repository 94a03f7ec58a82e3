using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets;

/// <summary>The context of the model <c>async</c>.</summary>
internal sealed class AsyncContext(ServedConnection served) : ServedContext(served)
{
    public override ValueTask<TResult> OffloadAsync<TState, TResult>(Func<TState, TResult> work, TState state) =>
        DiskPool.Shared.RunAsync(work, state);

    protected override async ValueTask<StreamConnection> OpenAsync(EndPoint address, Deadline deadline) =>
        await RuntimeConnector.ConnectAsync(address, deadline);

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

    private static CancellationTokenSource Timer(Deadline deadline) =>
        deadline.IsNever ? new CancellationTokenSource() : new CancellationTokenSource(deadline.Remaining);
}
