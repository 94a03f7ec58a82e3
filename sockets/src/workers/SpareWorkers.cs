using System.Net;

namespace Argosy.Sockets;

/// <summary>
/// The workers of the model <c>process</c>: some starting, some idle and warm, each of the others busy with one connection. Spares are
/// started in the background, and no faster than they prove able to serve.
/// </summary>
internal sealed class SpareWorkers : IWorkerOwner
{
    private readonly ConnectionDispatcher _dispatcher;
    private readonly WorkerCommand _command;
    private readonly WorkerTask _task;
    private readonly int _spares;
    private readonly int _most;
    private readonly object _lock = new();
    private readonly HashSet<Worker> _starting = [];
    private readonly Queue<Worker> _idle = [];
    private readonly Dictionary<Worker, ServedConnection> _busy = [];
    private readonly RestartPause _pause = new();
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _living;
    private Deadline _notBefore;
    private WorkerStartException? _failure;
    private bool _isStopping;

    internal SpareWorkers(ConnectionDispatcher dispatcher, EndPoint[] addresses)
    {
        var options = dispatcher.Options;
        _dispatcher = dispatcher;
        _command = options.Worker ?? WorkerCommand.Self;
        _task = new WorkerTask { Duty = WorkerDuty.OneConnection, Server = dispatcher.ServerName, Model = options.Model.Name, LocalEndPoints = addresses };
        _spares = Math.Max(1, options.SpareWorkers ?? Math.Max(2, Environment.ProcessorCount));
        _most = (int)Math.Min(int.MaxValue, ConnectionCaps.Of(options).Total + (long)_spares);
    }

    internal bool IsStopping => Volatile.Read(ref _isStopping);

    /// <summary>Completes when, after <see cref="Stop"/>, the last process has ended and is reaped.</summary>
    internal Task Gone => _gone.Task;

    /// <summary>Starts the first spares and waits until one is ready.</summary>
    /// <exception cref="WorkerStartException">It does not come to that.</exception>
    internal void Start()
    {
        new Thread(KeepSpares) { IsBackground = true, Name = "spare workers" }.Start();
        lock (_lock)
        {
            while (_idle.Count == 0 && _failure is null) Monitor.Wait(_lock);
            if (_idle.Count > 0) return;
        }

        Stop();
        Gone.Wait();
        throw _failure!;
    }

    /// <summary>True when no worker is idle.</summary>
    internal bool MustWait
    {
        get
        {
            lock (_lock) return _idle.Count == 0;
        }
    }

    /// <summary>Waits until a worker is idle; false when none comes up in time, or when stopping.</summary>
    internal bool AwaitIdle(Deadline deadline)
    {
        lock (_lock)
        {
            while (_idle.Count == 0)
            {
                if (_isStopping || deadline.HasPassed) return false;
                Wait(deadline);
            }

            return true;
        }
    }

    /// <summary>Waits for an idle worker and gives it the connection; null when none comes up in time, or when stopping.</summary>
    internal Worker? Take(ServedConnection served, Deadline deadline)
    {
        lock (_lock)
        {
            while (_idle.Count == 0)
            {
                if (_isStopping || deadline.HasPassed) return null;
                Wait(deadline);
            }

            var worker = _idle.Dequeue();
            _busy.Add(worker, served);
            Monitor.PulseAll(_lock); // one spare fewer
            return worker;
        }
    }

    /// <summary>The worker did not get the connection after all.</summary>
    internal void TakeBack(Worker worker)
    {
        lock (_lock) _busy.Remove(worker);
        worker.Leave();
    }

    /// <summary>Lets idle workers go and starts no more. Busy ones serve on.</summary>
    internal void Stop()
    {
        Worker[] idle, starting;
        lock (_lock)
        {
            _isStopping = true;
            (idle, starting) = ([.. _idle], [.. _starting]);
            _idle.Clear();
            if (_living == 0) _gone.TrySetResult();
            Monitor.PulseAll(_lock);
        }

        foreach (var worker in starting) worker.Kill();
        foreach (var worker in idle) worker.Leave();
    }

    /// <summary>Tells the busy ones to finish.</summary>
    internal void Drain()
    {
        foreach (var worker in Busy()) worker.Send(WorkerMessageKind.Drain);
    }

    /// <summary>Sends the program's message to all that are ready.</summary>
    internal void Send(ReadOnlySpan<byte> message)
    {
        Worker[] ready;
        lock (_lock) ready = [.. _idle, .. _busy.Keys, .. _starting];
        foreach (var worker in ready) worker.Send(WorkerMessageKind.Message, message);
    }

    /// <inheritdoc/>
    public void OnMessage(Worker worker, WorkerMessage message)
    {
        switch (message.Kind)
        {
            case WorkerMessageKind.Ready:
                OnReady(worker);
                break;
            case WorkerMessageKind.Failed when HandlerFailure.Read(message.Payload) is var failure && ServedBy(worker) is { } served:
                _dispatcher.FailElsewhere(served, failure.ToException(worker.Id));
                break;
            case WorkerMessageKind.Ended when ServedBy(worker) is { Connection: HandedConnection connection }:
                connection.Release();
                break;
            case WorkerMessageKind.Finished when Forget(worker) is { Connection: HandedConnection connection } served:
                connection.Release();
                worker.ExpectExit();
                lock (_lock) _pause.Forget(); // workers of this program can serve
                _dispatcher.FinishElsewhere(served);
                break;
        }
    }

    /// <inheritdoc/>
    public void OnExit(Worker worker, WorkerExit exit)
    {
        if (Forget(worker) is { Connection: HandedConnection connection } served)
        {
            connection.Reset();
            var error = Death(worker, exit);
            if (error is WorkerDiedException) Log.WorkerDied(_dispatcher.Logger, error.Message);
            _dispatcher.FailElsewhere(served, error);
            _dispatcher.FinishElsewhere(served);
        }

        TimeSpan? pause = null;
        lock (_lock)
        {
            var wasStarting = _starting.Remove(worker);
            if ((wasStarting | RemoveIdle(worker)) && !_isStopping) pause = Postpone(new WorkerStartException(worker.Failure(exit, _command)));
            if (--_living == 0 && _isStopping) _gone.TrySetResult();
            Monitor.PulseAll(_lock);
        }

        if (pause is not null) Log.WorkerStartFails(_dispatcher.Logger, worker.Failure(exit, _command), pause.Value);
    }

    private static Exception Death(Worker worker, WorkerExit exit) => worker.WasAborted
        ? new ConnectionException(ConnectionError.Aborted, "The connection was aborted; its handler took no notice, so its worker process was killed.")
        : new WorkerDiedException(exit, 1);

    private void OnReady(Worker worker)
    {
        lock (_lock)
        {
            _starting.Remove(worker);
            if (!_isStopping)
            {
                _idle.Enqueue(worker);
                Monitor.PulseAll(_lock);
                return;
            }
        }

        worker.Leave();
    }

    private void KeepSpares()
    {
        while (AwaitNeed())
        {
            try
            {
                var worker = Worker.Start(_command, _task, this);
                lock (_lock)
                {
                    _starting.Add(worker);
                    if (_isStopping) worker.Kill();
                }

                worker.Begin(_command);
            }
            catch (Exception e) when (e is WorkerStartException or OutOfMemoryException)
            {
                OnStartFailed(e as WorkerStartException ?? new WorkerStartException("No thread is left for another worker process.", e));
            }
        }
    }

    /// <summary>Waits until a spare is needed and may be started; false when stopping.</summary>
    private bool AwaitNeed()
    {
        lock (_lock)
        {
            while (!_isStopping)
            {
                var isNeeded = _idle.Count + _starting.Count < _spares && _living < _most;
                if (isNeeded && (_notBefore.IsNever || _notBefore.HasPassed))
                {
                    _living++;
                    return true;
                }

                Wait(isNeeded ? _notBefore : Deadline.Never);
            }

            return false;
        }
    }

    private void Wait(Deadline deadline) => Monitor.Wait(_lock, deadline.MillisecondsLeft);

    private void OnStartFailed(WorkerStartException error)
    {
        TimeSpan pause;
        lock (_lock)
        {
            pause = Postpone(error);
            if (--_living == 0 && _isStopping) _gone.TrySetResult();
            Monitor.PulseAll(_lock);
        }

        Log.WorkerStartFails(_dispatcher.Logger, error.Message, pause);
    }

    private TimeSpan Postpone(WorkerStartException error)
    {
        _failure ??= error;
        var pause = _pause.After(TimeSpan.Zero);
        _notBefore = Deadline.After(pause);
        return pause;
    }

    private bool RemoveIdle(Worker worker)
    {
        if (!_idle.Contains(worker)) return false;
        Worker[] others = [.. _idle.Where(other => other != worker)];
        _idle.Clear();
        foreach (var other in others) _idle.Enqueue(other);
        return true;
    }

    private ServedConnection? ServedBy(Worker worker)
    {
        lock (_lock) return _busy.GetValueOrDefault(worker);
    }

    private ServedConnection? Forget(Worker worker)
    {
        lock (_lock) return _busy.Remove(worker, out var served) ? served : null;
    }

    private Worker[] Busy()
    {
        lock (_lock) return [.. _busy.Keys];
    }
}
