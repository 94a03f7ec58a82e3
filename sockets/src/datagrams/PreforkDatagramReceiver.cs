using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>
/// Datagrams under <c>prefork</c>: long-lived worker processes, each receiving from a socket of its own (SO_REUSEPORT; Unix sockets, which do not
/// have that, are shared) and running an inner model. This process keeps them alive, counts, and keeps a copy of each socket: what waits
/// there when a worker dies is served by the one that takes its place.
/// </summary>
internal sealed class PreforkDatagramReceiver : IDatagramReceiver, IWorkerOwner
{
    /// <summary>How long workers may take to stop receiving: a loop that somebody blocks must not block the stop as well.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(2);

    private readonly DatagramDispatcher _dispatcher;
    private readonly ScoreBoard _scores;
    private readonly WorkerGroup _workers;
    private readonly Lock _lock = new();
    private readonly HashSet<int> _receiving = [];
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PreforkDatagramReceiver(DatagramDispatcher dispatcher, IReadOnlyList<DatagramSocket> sockets, int count)
    {
        var options = dispatcher.Options;
        _dispatcher = dispatcher;
        _scores = ScoreBoard.Create(count);
        dispatcher.Counters.Include(Enumerable.Range(0, count).Select(row => _scores[row]));
        var task = new WorkerTask
        {
            Duty = WorkerDuty.Datagrams,
            Server = dispatcher.ServerName,
            Model = options.Model.Inner!.Name,
            Rows = count,
            Datagrams = dispatcher.Limits,
            LocalEndPoints = [.. sockets.Select(socket => socket.LocalEndPoint)],
        };
        _workers = new WorkerGroup(
            options.Worker ?? WorkerCommand.Self, count, _ => task,
            place => [.. sockets.Select(SafeHandle (socket) => socket.Shard(place).Handle), _scores.File], this, dispatcher.Logger);
    }

    /// <exception cref="WorkerStartException">A worker cannot be started.</exception>
    /// <exception cref="ConnectionException">No descriptors are left.</exception>
    internal static IDatagramReceiver Start(DatagramDispatcher dispatcher, IReadOnlyList<DatagramSocket> sockets)
    {
        var count = Math.Max(1, dispatcher.Options.Processes ?? Environment.ProcessorCount);
        foreach (var socket in sockets) socket.Split(count);
        var receiver = new PreforkDatagramReceiver(dispatcher, sockets, count);
        try
        {
            receiver._workers.Start();
        }
        catch
        {
            receiver._scores.Dispose();
            throw;
        }

        return receiver;
    }

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        _workers.Stop();
        lock (_lock)
        {
            _receiving.UnionWith(_workers.Workers.Select(worker => worker.Id));
            if (_receiving.Count == 0) _stopped.TrySetResult();
        }

        _workers.Send(WorkerMessageKind.StopAccepting);
        await Task.WhenAny(_stopped.Task, _workers.Gone, Task.Delay(StopPatience));
    }

    /// <inheritdoc/>
    public async Task JoinAsync()
    {
        _workers.Send(WorkerMessageKind.Drain);
        await _workers.Gone;
        _scores.Dispose();
    }

    /// <inheritdoc/>
    public Task AbortAsync()
    {
        foreach (var worker in _workers.Workers) worker.Abort();
        return _workers.Gone;
    }

    /// <inheritdoc/>
    public void OnMessage(Worker worker, WorkerMessage message)
    {
        switch (message.Kind)
        {
            case WorkerMessageKind.Failed: // which the worker has counted itself
                var failure = HandlerFailure.Read(message.Payload);
                _dispatcher.Report(failure.Peer, failure.ToException(worker.Id));
                break;
            case WorkerMessageKind.Stopped:
                OnStopped(worker);
                break;
        }
    }

    /// <inheritdoc/>
    public void OnExit(Worker worker, WorkerExit exit)
    {
        var lost = DatagramCounters.TakeLost(_scores[worker.Task.Slot]);
        if (worker.IsReady && (lost > 0 || !_workers.IsStopping)) _dispatcher.Report(null, DatagramWorker.Death(worker, exit, lost));
        OnStopped(worker);
    }

    private void OnStopped(Worker worker)
    {
        lock (_lock)
        {
            if (_receiving.Remove(worker.Id) && _receiving.Count == 0) _stopped.TrySetResult();
        }
    }
}
