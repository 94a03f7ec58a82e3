using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Argosy.Sockets;

/// <summary>
/// A fixed number of long-lived workers: one that dies is replaced, at once when it had served well, else after a pause that grows. It
/// knows nothing of what they serve.
/// </summary>
internal sealed class WorkerGroup : IWorkerOwner
{
    private readonly WorkerCommand _command;
    private readonly Func<int, WorkerTask> _task;
    private readonly Func<int, SafeHandle[]> _descriptors;
    private readonly IWorkerOwner _owner;
    private readonly ILogger _logger;
    private readonly object _lock = new();
    private readonly Worker?[] _workers;
    private readonly bool[] _wasReady; // each place, once: who dies right behind that is replaced, and holds up no start
    private readonly RestartPause _pause = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _living;
    private bool _hasStarted;
    private WorkerStartException? _failure;

    /// <param name="command">How a worker is started.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="task">The task of the worker in each place, from 0.</param>
    /// <param name="descriptors">What goes with the task in each place; stays the caller's, for workers that are started later.</param>
    /// <param name="owner">Hears of messages and exits.</param>
    /// <param name="logger">Told when workers cannot be started.</param>
    internal WorkerGroup(
        WorkerCommand command, int count, Func<int, WorkerTask> task, Func<int, SafeHandle[]> descriptors, IWorkerOwner owner, ILogger logger)
    {
        (_command, _task, _descriptors, _owner, _logger) = (command, task, descriptors, owner, logger);
        (_workers, _wasReady) = (new Worker?[count], new bool[count]);
    }

    /// <summary>Completes when, after <see cref="Stop"/>, the last process has ended and is reaped.</summary>
    internal Task Gone => _gone.Task;

    internal bool IsStopping => _stop.IsCancellationRequested;

    /// <summary>The workers that live now.</summary>
    internal Worker[] Workers
    {
        get
        {
            lock (_lock) return [.. _workers.OfType<Worker>()];
        }
    }

    /// <summary>Starts them and waits until all have been ready.</summary>
    /// <exception cref="WorkerStartException">One does not come to that; all are ended again.</exception>
    internal void Start()
    {
        for (var place = 0; place < _workers.Length; place++) StartWorker(place);
        lock (_lock)
        {
            while (_failure is null && _wasReady.Contains(false)) Monitor.Wait(_lock);
            _hasStarted = _failure is null;
        }

        if (_hasStarted) return;
        Stop();
        foreach (var worker in Workers) worker.Kill();
        Gone.Wait();
        throw _failure!;
    }

    /// <summary>Replaces none any more, and ends those that are still starting.</summary>
    internal void Stop()
    {
        _stop.Cancel();
        lock (_lock)
        {
            if (_living == 0) _gone.TrySetResult();
        }

        foreach (var worker in Workers.Where(worker => !worker.IsReady)) worker.Kill();
    }

    /// <summary>Sends a message to all.</summary>
    internal void Send(WorkerMessageKind kind, ReadOnlySpan<byte> payload = default)
    {
        foreach (var worker in Workers) worker.Send(kind, payload);
    }

    /// <inheritdoc/>
    public void OnMessage(Worker worker, WorkerMessage message)
    {
        if (message.Kind == WorkerMessageKind.Ready)
        {
            lock (_lock)
            {
                _wasReady[worker.Task.Slot] = true;
                Monitor.PulseAll(_lock);
            }
        }

        _owner.OnMessage(worker, message);
    }

    /// <inheritdoc/>
    public void OnExit(Worker worker, WorkerExit exit)
    {
        var place = worker.Task.Slot;
        TimeSpan pause;
        lock (_lock)
        {
            _workers[place] = null;
            pause = _pause.After(worker.Served);
            if (!worker.IsReady && !_hasStarted) _failure ??= new WorkerStartException(worker.Failure(exit, _command));
        }

        _owner.OnExit(worker, exit);
        if (!worker.IsReady && !IsStopping) Log.WorkerStartFails(_logger, worker.Failure(exit, _command), pause);
        if (_hasStarted || worker.IsReady) Replace(place, pause);
        OnGone();
    }

    private async void Replace(int place, TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        StartWorker(place);
    }

    private void StartWorker(int place)
    {
        lock (_lock)
        {
            if (IsStopping || _failure is not null) return;
            _living++;
        }

        try
        {
            var worker = Worker.Start(_command, _task(place) with { Slot = place }, this);
            lock (_lock) _workers[place] = worker;
            if (IsStopping) worker.Kill();
            worker.Begin(_command, _descriptors(place));
        }
        catch (Exception e) when (e is WorkerStartException or OutOfMemoryException)
        {
            OnStartFailed(place, e as WorkerStartException ?? new WorkerStartException("No thread is left for another worker process.", e));
        }
    }

    private void OnStartFailed(int place, WorkerStartException error)
    {
        TimeSpan pause;
        lock (_lock)
        {
            pause = _pause.After(TimeSpan.Zero);
            if (!_hasStarted) _failure ??= error;
            Monitor.PulseAll(_lock);
        }

        Log.WorkerStartFails(_logger, error.Message, pause);
        if (_hasStarted) Replace(place, pause);
        OnGone();
    }

    private void OnGone()
    {
        lock (_lock)
        {
            if (--_living == 0 && IsStopping) _gone.TrySetResult();
            Monitor.PulseAll(_lock);
        }
    }
}
