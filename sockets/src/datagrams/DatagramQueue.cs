using System.Threading.Tasks.Sources;

namespace Argosy.Sockets;

/// <summary>
/// A bounded queue between a receiving loop and its workers. Each datagram wakes one worker, the one that has been idle for the shortest
/// time; waiting allocates nothing.
/// </summary>
internal sealed class DatagramQueue(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Queue<ReceivedDatagram> _waiting = new();
    private readonly Stack<Worker> _idle = new();
    private bool _isClosed;

    /// <summary>Never waits. Tells where the datagram went.</summary>
    internal QueuePlace Add(ReceivedDatagram datagram)
    {
        Worker? worker;
        lock (_lock)
        {
            if (_isClosed) return QueuePlace.None;
            if (!_idle.TryPop(out worker))
            {
                if (_waiting.Count >= capacity) return QueuePlace.None;
                _waiting.Enqueue(datagram);
                return QueuePlace.Line;
            }
        }

        worker.Give(datagram);
        return QueuePlace.Worker;
    }

    /// <summary>The next datagram; null once the queue is closed and empty.</summary>
    internal ValueTask<ReceivedDatagram?> TakeAsync(Worker worker)
    {
        lock (_lock)
        {
            if (_waiting.TryDequeue(out var datagram)) return new(datagram);
            if (_isClosed) return default;
            var next = worker.Wait();
            _idle.Push(worker);
            return next;
        }
    }

    /// <summary>One that waits, without waiting oneself.</summary>
    internal bool TryTake(out ReceivedDatagram datagram)
    {
        lock (_lock) return _waiting.TryDequeue(out datagram);
    }

    /// <summary>Takes nothing more.</summary>
    internal void Close()
    {
        Worker[] idle;
        lock (_lock)
        {
            _isClosed = true;
            idle = [.. _idle];
            _idle.Clear();
        }

        foreach (var worker in idle) worker.Give(null);
    }

    /// <summary>A worker's wait, used again and again.</summary>
    internal sealed class Worker : IValueTaskSource<ReceivedDatagram?>
    {
        // Asynchronously: a handler must not run in the receiving loop.
        private ManualResetValueTaskSourceCore<ReceivedDatagram?> _core = new() { RunContinuationsAsynchronously = true };

        internal ValueTask<ReceivedDatagram?> Wait()
        {
            _core.Reset();
            return new(this, _core.Version);
        }

        internal void Give(ReceivedDatagram? datagram) => _core.SetResult(datagram);

        public ReceivedDatagram? GetResult(short token) => _core.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);
    }
}

/// <summary>Where a datagram went.</summary>
internal enum QueuePlace
{
    /// <summary>Nowhere: the queue is full or closed.</summary>
    None,

    /// <summary>It waits for a worker.</summary>
    Line,

    /// <summary>To a worker that was idle.</summary>
    Worker,
}
