using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Sockets;

/// <summary>
/// The model <c>prefork</c>: long-lived worker processes share the listening sockets, and each accepts and serves under an inner model.
/// This process only keeps them alive, counts and decides when they stop.
/// </summary>
internal sealed class PreforkAcceptor : IAcceptor, IWorkerOwner
{
    /// <summary>How long workers may take to stop accepting: a loop that somebody blocks must not block the stop as well.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(2);

    private readonly ConnectionDispatcher _dispatcher;
    private readonly ScoreBoard _scores;
    private readonly SafeFileHandle? _limits;
    private readonly WorkerGroup _workers;
    private readonly Lock _lock = new();
    private readonly HashSet<int> _accepting = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PreforkAcceptor(ConnectionDispatcher dispatcher, IReadOnlyList<SocketListener> listeners)
    {
        var options = dispatcher.Options;
        var count = Math.Max(1, options.Workers ?? Environment.ProcessorCount);
        _dispatcher = dispatcher;
        _scores = ScoreBoard.Create(count);
        _limits = HasSharedLimits(options) ? SharedConnectionLimits.Create() : null;
        dispatcher.Counters.Include(Enumerable.Range(0, count).Select(row => _scores[row]));
        var task = new WorkerTask
        {
            Duty = WorkerDuty.Accept,
            Server = dispatcher.ServerName,
            Model = options.Model.Inner!.Name,
            Rows = count,
            Caps = ConnectionCaps.Of(_limits is null ? options with { Model = options.Model.Inner } : options),
            LocalEndPoints = [.. listeners.Select(listener => listener.LocalEndPoint)],
        };
        SafeHandle[] descriptors = [.. listeners.Select(listener => listener.Handle), _scores.File, .. _limits is null ? [] : new[] { _limits }];
        _workers = new WorkerGroup(options.Worker ?? WorkerCommand.Self, count, _ => task, _ => descriptors, this, dispatcher.Logger);
    }

    /// <exception cref="WorkerStartException">A worker cannot be started.</exception>
    internal static IAcceptor Start(ConnectionDispatcher dispatcher, IReadOnlyList<SocketListener> listeners)
    {
        var acceptor = new PreforkAcceptor(dispatcher, listeners);
        try
        {
            acceptor._workers.Start();
        }
        catch
        {
            acceptor.Close();
            throw;
        }

        if (dispatcher.Service is { } service) _ = Task.Run(() => service.RunUntilAsync(acceptor._stop.Token));
        return acceptor;
    }

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        _workers.Stop();
        lock (_lock)
        {
            _accepting.UnionWith(_workers.Workers.Select(worker => worker.Id));
            if (_accepting.Count == 0) _stopped.TrySetResult();
        }

        _workers.Send(WorkerMessageKind.StopAccepting);
        await Task.WhenAny(_stopped.Task, _workers.Gone, Task.Delay(StopPatience));
    }

    /// <inheritdoc/>
    public Task DrainAsync()
    {
        _workers.Send(WorkerMessageKind.Drain);
        return _workers.Gone;
    }

    /// <inheritdoc/>
    public void Abort()
    {
        foreach (var worker in _workers.Workers) worker.Abort();
    }

    /// <inheritdoc/>
    public async Task JoinAsync()
    {
        await _workers.Gone;
        Close();
    }

    /// <inheritdoc/>
    public void SendToWorkers(ReadOnlySpan<byte> message) => _workers.Send(WorkerMessageKind.Message, message);

    /// <inheritdoc/>
    public void OnMessage(Worker worker, WorkerMessage message)
    {
        switch (message.Kind)
        {
            case WorkerMessageKind.Failed: // which the worker has counted itself
                var failure = HandlerFailure.Read(message.Payload);
                _dispatcher.Report(failure.ToException(worker.Id), new HandedConnection(failure.Local, failure.Peer));
                break;
            case WorkerMessageKind.Stopped:
                OnStopped(worker);
                break;
        }
    }

    /// <inheritdoc/>
    public void OnExit(Worker worker, WorkerExit exit)
    {
        var lost = ConnectionCounters.TakeLost(_scores[worker.Task.Slot]);
        if (lost > 0 || (worker.IsReady && !_workers.IsStopping)) OnDeath(worker, exit, lost);
        OnStopped(worker);
    }

    private static bool HasSharedLimits(StreamServerOptions options) =>
        options.MaxConnections is not null || options.BusyAbove is not null || options.MaxPerAddress is not null;

    private void OnDeath(Worker worker, WorkerExit exit, long lost)
    {
        Exception error = worker.WasAborted
            ? new ConnectionException(
                ConnectionError.Aborted, $"{lost} connections were aborted; their handlers took no notice, so worker {worker.Id} was killed.")
            : new WorkerDiedException(exit, lost);
        if (error is WorkerDiedException) Log.WorkerDied(_dispatcher.Logger, error.Message);
        _dispatcher.LoseElsewhere(new HandedConnection(local: null, peer: null), error, lost);
    }

    private void OnStopped(Worker worker)
    {
        lock (_lock)
        {
            if (_accepting.Remove(worker.Id) && _accepting.Count == 0) _stopped.TrySetResult();
        }
    }

    private void Close()
    {
        _scores.Dispose();
        _limits?.Dispose();
    }
}
