namespace Argosy.Sockets;

/// <summary>
/// The threads on which handlers of models that must not block run their <see cref="BulkPart"/>s: receiving, summing and writing stay on one core and in its
/// cache. There are never more than a few; they start when there is something for them and leave when there is nothing for a while.
/// </summary>
internal sealed class BulkLanes
{
    private const int IdleMilliseconds = 10_000;

    private readonly Queue<BulkPart> _waiting = new();
    private readonly int _most;
    private int _threads;
    private int _idle;
    private int _count; // of those who wait, for who looks without the lock

    internal BulkLanes(int most) => _most = most;

    /// <summary>The process's. More than cores, since a part may wait for a disk in place.</summary>
    internal static BulkLanes Shared { get; } = new(Math.Clamp(2 * Environment.ProcessorCount, 4, 32));

    /// <summary>True while somebody waits for a lane. Any thread may ask.</summary>
    internal bool OthersWait => Volatile.Read(ref _count) > 0;

    /// <summary>How many threads there are. Any thread may ask.</summary>
    internal int Threads => Volatile.Read(ref _threads);

    /// <summary>Runs the part to its end. It completes on a lane's thread; who awaits it resumes where they were.</summary>
    internal Task RunAsync<TState>(Func<TState, ValueTask> part, TState state)
    {
        var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var work = (part, state, completion);
        var begin = ExecutionContext.Capture() is { } flow
            ? new SendOrPostCallback(work => ExecutionContext.Run(flow, static work => Begin<TState>(work!), work))
            : static work => Begin<TState>(work!);
        new BulkPart(this).Post(begin, work);
        return completion.Task;
    }

    /// <summary>The part has something to run. Any thread.</summary>
    internal void Add(BulkPart part)
    {
        lock (_waiting)
        {
            _waiting.Enqueue(part);
            _count = _waiting.Count;
            if (_waiting.Count <= _idle) Monitor.Pulse(_waiting);
            else if (_threads < _most) StartOne();
        }
    }

    private static async void Begin<TState>(object work)
    {
        var (part, state, completion) = ((Func<TState, ValueTask>, TState, TaskCompletionSource))work;
        try
        {
            await part(state);
            completion.SetResult();
        }
        catch (OperationCanceledException e)
        {
            completion.SetException(e); // and not SetCanceled, which would forget whose token it was
        }
        catch (Exception e)
        {
            completion.SetException(e);
        }
    }

    private void StartOne()
    {
        _threads++;
        new Thread(Run) { IsBackground = true, Name = "bulk" }.Start();
    }

    private void Run()
    {
        while (TryTake(out var part)) part.Run();
    }

    private bool TryTake(out BulkPart part)
    {
        lock (_waiting)
        {
            while (!_waiting.TryDequeue(out part!))
            {
                _idle++;
                var hasNews = Monitor.Wait(_waiting, IdleMilliseconds);
                _idle--;
                if (hasNews || _waiting.Count > 0) continue;
                _threads--;
                return false;
            }

            _count = _waiting.Count;
            return true;
        }
    }
}
