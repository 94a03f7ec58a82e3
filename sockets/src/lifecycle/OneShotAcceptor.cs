using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>
/// Serves one connection under any model: waits until a listener has a client, then lets the model accept from that listener until it has one.
/// A model that accepted from all of them at once could end up with one from each.
/// </summary>
internal sealed class OneShotAcceptor(ConcurrencyModel model, ConnectionDispatcher dispatcher, IReadOnlyList<SocketListener> listeners) : IAcceptor
{
    /// <summary>How long a model may fail to get the client that was seen: another process can have been quicker.</summary>
    private static readonly TimeSpan AcceptsWithin = TimeSpan.FromSeconds(1);

    private readonly ThreadWaiter _waiter = new();
    private readonly OneAdmission _one = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        _waiter.Wake();
        await _accepted.Task;
    }

    /// <inheritdoc/>
    public Task JoinAsync() => _ended.Task;

    internal async Task<OneConnection> RunAsync(Deadline deadline)
    {
        dispatcher.Only = _one;
        try
        {
            while (true)
            {
                var wait = Task.Factory.StartNew(
                    () => WaitForClient(deadline), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                if (await wait is not { } listener) return _stop.IsCancellationRequested ? OneConnection.Stopped : OneConnection.TimedOut;
                if (await TryServeAsync(listener) is { } result) return result;
            }
        }
        finally
        {
            dispatcher.Only = null;
            _waiter.Dispose();
            _accepted.TrySetResult();
            _ended.TrySetResult();
        }
    }

    private SocketListener? WaitForClient(Deadline deadline)
    {
        SafeHandle[] handles = [.. listeners.Select(listener => listener.Handle)];
        var ready = new PollEvents[handles.Length];
        var first = Random.Shared.Next(handles.Length); // a busy listener does not starve the others
        while (!_stop.IsCancellationRequested)
        {
            if (_waiter.Poll(handles, PollEvents.Read, deadline.Remaining, ready))
                return listeners[Enumerable.Range(first, ready.Length).Select(i => i % ready.Length).First(i => ready[i] != PollEvents.None)];
            if (deadline.HasPassed) return null;
        }

        return null;
    }

    private async Task<OneConnection?> TryServeAsync(SocketListener listener)
    {
        var acceptor = model.Start(dispatcher, [listener]);
        await Task.WhenAny(_one.Accepted, Task.Delay(AcceptsWithin, _stop.Token));
        await acceptor.StopAsync();
        if (_one.IsOver) _accepted.TrySetResult();
        OneConnection? result = _one.IsOver ? await _one.Ended : null;
        await acceptor.JoinAsync();
        return result;
    }
}
