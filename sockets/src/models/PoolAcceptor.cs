namespace Argosy.Sockets;

/// <summary>
/// The models <c>pool</c> and <c>iterative</c>: a fixed number of threads, one of them for iterative. They take turns at accepting
/// (leader and followers): whoever gets a connection lets the next one wait for clients, and serves it to its end. When all are
/// serving nobody accepts, and further clients wait in the kernel's backlog.
/// </summary>
internal sealed class PoolAcceptor : IAcceptor
{
    private readonly BlockingAccept _accept;
    private readonly object _leading = new();
    private readonly Thread[] _workers;

    private PoolAcceptor(ConnectionDispatcher dispatcher, IReadOnlyList<SocketListener> listeners, int workers)
    {
        _accept = new BlockingAccept(dispatcher, listeners);
        _workers = [.. Enumerable.Range(1, workers).Select(i => new Thread(Work) { IsBackground = true, Name = $"worker {i}" })];
    }

    /// <summary>Starts a model with so many workers.</summary>
    internal static IAcceptor Start(ConnectionDispatcher dispatcher, IReadOnlyList<SocketListener> listeners, int workers)
    {
        var acceptor = new PoolAcceptor(dispatcher, listeners, workers);
        foreach (var worker in acceptor._workers) worker.Start();
        return acceptor;
    }

    /// <inheritdoc/>
    public Task StopAsync()
    {
        _accept.Stop();
        return Task.Run(() =>
        {
            lock (_leading) _accept.Dispose(); // whoever led has seen the stop
        });
    }

    /// <inheritdoc/>
    public Task JoinAsync() => Task.Run(() => Array.ForEach(_workers, worker => worker.Join()));

    private void Work()
    {
        ThreadWaiter.TryPrepareCurrent(); // where that fails, it is tried again with the first wait
        while (NextAsLeader() is { } served)
            ThreadPump.Run(static served => served.ServeAsync(new BlockingContext(served)), served);
        ThreadWaiter.DisposeCurrent();
    }

    private ServedConnection? NextAsLeader()
    {
        lock (_leading) return _accept.Next();
    }
}
