namespace Argosy.Sockets;

/// <summary>The model <c>threads</c>: one thread accepts, and each connection has a thread of its own.</summary>
internal sealed class ThreadsAcceptor : IAcceptor
{
    private readonly ConnectionDispatcher _dispatcher;
    private readonly BlockingAccept _accept;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly HashSet<Thread> _threads = [];

    private ThreadsAcceptor(ConnectionDispatcher dispatcher, IReadOnlyList<SocketListener> listeners) =>
        (_dispatcher, _accept) = (dispatcher, new BlockingAccept(dispatcher, listeners));

    internal static IAcceptor Start(ConnectionDispatcher dispatcher, IReadOnlyList<SocketListener> listeners)
    {
        var acceptor = new ThreadsAcceptor(dispatcher, listeners);
        new Thread(acceptor.Accept) { IsBackground = true, Name = "acceptor" }.Start();
        return acceptor;
    }

    /// <inheritdoc/>
    public Task StopAsync()
    {
        _accept.Stop();
        return _stopped.Task;
    }

    /// <inheritdoc/>
    public Task JoinAsync() => Task.Run(() =>
    {
        Thread[] last;
        lock (_lock) last = [.. _threads];
        foreach (var thread in last) thread.Join();
    });

    private void Accept()
    {
        while (_accept.Next() is { } served) Dispatch(served);
        _accept.Dispose();
        _stopped.SetResult();
    }

    private void Dispatch(ServedConnection served)
    {
        var thread = new Thread(() => Serve(served)) { IsBackground = true, Name = "connection" };
        lock (_lock) _threads.Add(thread);
        try
        {
            thread.Start();
        }
        catch (OutOfMemoryException)
        {
            // What the runtime throws when the system gives no thread (EAGAIN: ulimit -u, TasksMax=).
            lock (_lock) _threads.Remove(thread);
            _dispatcher.Reject(served, RefusalReason.NoDescriptors, "the system gives no more threads");
        }
    }

    private void Serve(ServedConnection served)
    {
        if (ThreadWaiter.TryPrepareCurrent()) ThreadPump.Run(static served => served.ServeAsync(new BlockingContext(served)), served);
        else _dispatcher.Reject(served, RefusalReason.NoDescriptors, "there is no descriptor for its thread to wait by");
        ThreadWaiter.DisposeCurrent();
        lock (_lock) _threads.Remove(Thread.CurrentThread);
    }
}
