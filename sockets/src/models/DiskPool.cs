using System.Collections.Concurrent;
using System.Threading.Tasks.Sources;

namespace Argosy.Sockets;

/// <summary>
/// A few threads for work that may block (open, list, hash, fsync), for models whose handlers must not. However slow the disk, no
/// more threads than these wait for it, and connections that need no disk go on.
/// </summary>
internal sealed class DiskPool
{
    private readonly BlockingCollection<IWork> _queue = [];

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
        _queue.Add(queued);
        return queued.Result;
    }

    private void Run()
    {
        foreach (var work in _queue.GetConsumingEnumerable()) work.Run();
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
