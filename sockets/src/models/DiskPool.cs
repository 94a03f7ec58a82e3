using System.Threading.Tasks.Sources;

namespace Argosy.Sockets;

/// <summary>
/// A few threads for work that may block (open, list, hash, fsync), for models whose handlers must not. However slow the disk, no
/// more threads than these wait for it, and connections that need no disk go on.
/// </summary>
internal sealed class DiskPool
{
    // A monitor's wait and not a BlockingCollection's, which looks again and again before it sleeps: 12 % of the server's time at many small uploads.
    private readonly Queue<IWork> _queue = [];
    private int _idle;

    private DiskPool(int threads)
    {
        for (var i = 0; i < threads; i++) new Thread(Run) { IsBackground = true, Name = "disk" }.Start();
    }

    private interface IWork
    {
        void Run();
    }

    /// <summary>The process's one; its threads start with its first use.</summary>
    internal static DiskPool Shared { get; } = new(Math.Clamp(2 * Environment.ProcessorCount, 4, 32));

    /// <summary>Runs the work on a disk thread; the caller resumes where its model runs it.</summary>
    internal ValueTask<TResult> RunAsync<TState, TResult>(Func<TState, TResult> work, TState state)
    {
        var queued = new Work<TState, TResult>(work, state);
        lock (_queue)
        {
            _queue.Enqueue(queued);
            if (_idle > 0) Monitor.Pulse(_queue);
        }

        return queued.Result;
    }

    private void Run()
    {
        while (true) Take().Run();
    }

    private IWork Take()
    {
        lock (_queue)
        {
            while (_queue.Count == 0)
            {
                _idle++;
                Monitor.Wait(_queue);
                _idle--;
            }

            return _queue.Dequeue();
        }
    }

    private sealed class Work<TState, TResult>(Func<TState, TResult> work, TState state) : IWork, IValueTaskSource<TResult>
    {
        // Asynchronously: a handler's continuation must not occupy a disk thread.
        private ManualResetValueTaskSourceCore<TResult> _core = new() { RunContinuationsAsynchronously = true };

        internal ValueTask<TResult> Result => new(this, _core.Version);

        public void Run()
        {
            try
            {
                _core.SetResult(work(state));
            }
            catch (Exception e)
            {
                _core.SetException(e);
            }
        }

        public TResult GetResult(short token) => _core.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);
    }
}
