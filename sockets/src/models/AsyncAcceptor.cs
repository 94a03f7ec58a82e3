using System.Net.Sockets;

namespace Argosy.Sockets;

/// <summary>The model <c>async</c>: the runtime's asynchronous sockets, handlers on the thread pool.</summary>
internal sealed class AsyncAcceptor : IAcceptor
{
    private readonly ConnectionDispatcher _dispatcher;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    private AsyncAcceptor(ConnectionDispatcher dispatcher, IReadOnlyList<SocketListener> listeners)
    {
        _dispatcher = dispatcher;
        _accepting = Task.WhenAll(listeners.Select(listener => Task.Run(() => AcceptAsync(listener))));
        if (dispatcher.Service is { } service) _ = Task.Run(() => service.RunUntilAsync(_stop.Token));
    }

    internal static IAcceptor Start(ConnectionDispatcher dispatcher, IReadOnlyList<SocketListener> listeners) =>
        new AsyncAcceptor(dispatcher, listeners);

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
    }

    /// <inheritdoc/>
    public Task JoinAsync() => Task.CompletedTask; // no thread here is the model's own

    private async Task AcceptAsync(SocketListener listener)
    {
        using var recovery = new AcceptRecovery(_dispatcher.Logger, _dispatcher.Counters);
        while (!_stop.IsCancellationRequested && _dispatcher.TakesMore)
        {
            try
            {
                Dispatch(new RuntimeConnection(await listener.Socket.AcceptAsync(_stop.Token)));
                recovery.OnSuccess();
            }
            catch (OperationCanceledException)
            {
                // Stopping.
            }
            catch (Exception e)
            {
                var meaning = e is SocketException error ? AcceptRecovery.Meaning(error) : ConnectionError.Failed;
                await PauseAsync(recovery.OnFailure(listener, meaning));
            }
        }
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private void Dispatch(RuntimeConnection connection)
    {
        if (_dispatcher.Admit(connection) is not { } served) return;
        ThreadPool.UnsafeQueueUserWorkItem(
            static served => _ = served.ServeAsync(new AsyncContext(served)), served, preferLocal: false);
    }
}
