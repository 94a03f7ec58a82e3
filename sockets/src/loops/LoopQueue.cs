using System.Collections.Concurrent;

namespace Argosy.Sockets;

/// <summary>
/// Work for a loop. Its own thread adds without a lock; other threads add to a shared queue, and wake the loop only when it sleeps.
/// </summary>
internal sealed class LoopQueue : IDisposable
{
    private readonly Queue<Work> _own = new();
    private readonly ConcurrentQueue<Work> _shared = new();
    private readonly Wakeup _wakeup = new();
    private int _isAsleep;
    private int _isClosed;

    /// <summary>The descriptor that becomes readable when the loop is to wake.</summary>
    internal int Descriptor => _wakeup.Descriptor;

    /// <summary>True when there is work to do without waiting. The loop's thread asks.</summary>
    internal bool HasWork => _own.Count > 0 || !_shared.IsEmpty;

    /// <summary>Adds from the loop's own thread.</summary>
    internal void AddOwn(SendOrPostCallback callback, object? state) => _own.Enqueue(new Work(callback, state));

    /// <summary>Adds from any other thread. After the end the work goes to the thread pool.</summary>
    internal void AddShared(SendOrPostCallback callback, object? state)
    {
        _shared.Enqueue(new Work(callback, state));
        if (Interlocked.Exchange(ref _isAsleep, 0) != 0) _wakeup.Signal();
        if (Volatile.Read(ref _isClosed) != 0) HandOver();
    }

    /// <summary>Announces a wait. False: work has come meanwhile, do not wait.</summary>
    internal bool TrySleep()
    {
        if (HasWork) return false;
        Interlocked.Exchange(ref _isAsleep, 1); // whoever adds from here on signals, or we see what was added
        if (_shared.IsEmpty) return true;
        Volatile.Write(ref _isAsleep, 0);
        return false;
    }

    /// <summary>The wait is over.</summary>
    internal void Awaken() => Volatile.Write(ref _isAsleep, 0);

    /// <summary>Forgets the signals that woke the loop.</summary>
    internal void ClearSignal() => _wakeup.Clear();

    /// <summary>Runs what there is now; what comes meanwhile, also from this work itself, waits for the next round.</summary>
    internal void RunRound(Action<Work> run)
    {
        var (shared, own) = (_shared.Count, _own.Count);
        for (Work work; shared > 0 && _shared.TryDequeue(out work); shared--) run(work);
        for (Work work; own > 0 && _own.TryDequeue(out work); own--) run(work);
    }

    /// <summary>The loop has ended: what is left, and all that still comes, goes to the thread pool.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _isClosed, 1);
        Interlocked.MemoryBarrier();
        while (_own.TryDequeue(out var work)) OnPool(work);
        HandOver();
        _wakeup.Dispose();
    }

    private void HandOver()
    {
        while (_shared.TryDequeue(out var work)) OnPool(work);
    }

    private static void OnPool(Work work) =>
        ThreadPool.UnsafeQueueUserWorkItem(static work => work.Callback(work.State), work, preferLocal: false);

    /// <summary>Something to call, with its argument.</summary>
    internal readonly record struct Work(SendOrPostCallback Callback, object? State);
}
