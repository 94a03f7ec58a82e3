using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets;

/// <summary>The context of the model <c>async</c>.</summary>
internal sealed class AsyncContext(ServedConnection served) : ServedContext(served)
{
    public override ValueTask<TResult> OffloadAsync<TState, TResult>(Func<TState, TResult> work, TState state) =>
        BulkPart.Current is null ? DiskPool.Shared.RunAsync(work, state) : new(work(state));

    public override async ValueTask BulkAsync<TState>(Func<TState, ValueTask> part, TState state)
    {
        if (BulkPart.Current is not null) await part(state);
        else await BulkLanes.Shared.RunAsync(part, state);
    }

    protected override ValueTask<StreamConnection> OpenAsync(EndPoint address, Deadline deadline, CancellationToken cancellation) =>
        RuntimeConnector.Instance.ConnectAsync(address, deadline, cancellation);

    protected override async ValueTask<StreamConnection> AcceptAsync(SocketListener listener, Deadline deadline, CancellationToken cancellation)
    {
        var tried = $"Accepting on {listener.LocalEndPoint}";
        using var guard = new OperationGuard { Deadline = deadline };
        while (true)
        {
            ThrowIfDue(listener, cancellation);
            try
            {
                if (deadline.HasPassed && !listener.Socket.Poll(0, SelectMode.SelectRead)) throw TimedOut(tried);
                return new RuntimeConnection(await listener.Socket.AcceptAsync(guard.Begin(cancellation)));
            }
            catch (SocketException e) when (!listener.IsDisposed && AcceptRecovery.Meaning(e) == ConnectionError.Reset)
            {
                // accept(2): that one connection was over before we took it.
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                throw e is SocketException error && !listener.IsDisposed ? ConnectionErrors.FromSocket(error, tried) : ConnectionErrors.Ended(tried);
            }
            catch (OperationCanceledException)
            {
                // Whose wish it was is looked at above.
            }
            finally
            {
                guard.End();
            }
        }
    }

    protected override async ValueTask<int> WaitAnyAsync(ReadinessSet connections, Deadline deadline, CancellationToken cancellation)
    {
        int index;
        while (!TryFind(connections, deadline, cancellation, out index)) await WaitAsync(connections.Connections, deadline, cancellation);
        return index;
    }

    /// <summary>Waits until one can be read, the deadline, or the cancellation; the caller looks.</summary>
    private static async ValueTask WaitAsync(StreamConnection[] connections, Deadline deadline, CancellationToken cancellation)
    {
        using var guard = new OperationGuard { Deadline = deadline };
        using var over = CancellationTokenSource.CreateLinkedTokenSource(guard.Begin(cancellation));
        var waits = Array.ConvertAll(connections, connection => connection.WaitReadableAsync(over.Token).AsTask());
        await Task.WhenAny(waits);
        await over.CancelAsync();
        await Task.WhenAll(waits).ContinueWith(static _ => { }, TaskScheduler.Default); // each has let go of its socket
        guard.End();
    }
}
