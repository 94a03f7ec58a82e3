namespace Argosy.Sockets;

/// <summary>
/// Keeps a handler on its own thread when it awaits something foreign (a delay, a task): the continuation is posted here and runs on
/// the thread, which meanwhile waits for it. A handler that awaits only its connections never gets here.
/// </summary>
internal sealed class ThreadPump : SynchronizationContext
{
    private readonly object _lock = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posted = new();
    private bool _isOver;

    /// <summary>Runs <paramref name="work"/> to its end on the calling thread.</summary>
    internal static void Run<TState>(Func<TState, ValueTask> work, TState state)
    {
        var pump = new ThreadPump();
        SetSynchronizationContext(pump);
        try
        {
            var running = work(state);
            if (!running.IsCompleted) pump.PumpUntilEndOf(running.AsTask());
            else running.GetAwaiter().GetResult();
        }
        finally
        {
            pump.Close();
            SetSynchronizationContext(null);
        }
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_lock)
        {
            if (!_isOver)
            {
                _posted.Enqueue((d, state));
                Monitor.Pulse(_lock);
                return;
            }
        }

        ThreadPool.QueueUserWorkItem(static item => item.d(item.state), (d, state), preferLocal: false); // outlived its handler
    }

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("A handler's thread takes work by Post only: waiting for it could be waiting for oneself.");

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;

    private void PumpUntilEndOf(Task running)
    {
        running.ContinueWith(
            static (_, pump) => ((ThreadPump)pump!).Pulse(), this,
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        while (TryTake(running, out var next)) next.Callback(next.State);
        running.GetAwaiter().GetResult();
    }

    private bool TryTake(Task running, out (SendOrPostCallback Callback, object? State) next)
    {
        lock (_lock)
        {
            while (!_posted.TryDequeue(out next))
            {
                if (running.IsCompleted) return false;
                Monitor.Wait(_lock);
            }

            return true;
        }
    }

    private void Pulse()
    {
        lock (_lock) Monitor.Pulse(_lock);
    }

    private void Close()
    {
        lock (_lock)
        {
            _isOver = true;
            while (_posted.TryDequeue(out var late))
                ThreadPool.QueueUserWorkItem(static item => item.Callback(item.State), late, preferLocal: false);
        }
    }
}
