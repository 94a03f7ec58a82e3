namespace Argosy.Sockets;

/// <summary>
/// The model <c>process</c>: this process accepts and admits, and hands each connection to a worker process that was started beforehand,
/// serves that connection alone, and ends.
/// </summary>
internal sealed class ProcessAcceptor : IAcceptor
{
    /// <summary>How long a client waits for a worker before it is refused.</summary>
    private static readonly TimeSpan WorkerPatience = TimeSpan.FromSeconds(10);

    /// <summary>How long a stop lets a client that has been accepted wait for its worker, rather than refuse it.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(2);

    /// <summary>How long after the last wait for a worker they still count as short.</summary>
    private static readonly TimeSpan StrainLasts = TimeSpan.FromSeconds(5);

    private readonly ConnectionDispatcher _dispatcher;
    private readonly BlockingAccept _accept;
    private readonly SpareWorkers _workers;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration _draining;
    private Deadline _strainedUntil = Deadline.After(TimeSpan.Zero);

    private ProcessAcceptor(ConnectionDispatcher dispatcher, IReadOnlyList<SocketListener> listeners)
    {
        _dispatcher = dispatcher;
        _workers = new SpareWorkers(dispatcher, [.. listeners.Select(listener => listener.LocalEndPoint)]);
        _accept = new BlockingAccept(
            dispatcher, listeners, static (descriptor, listener, peer) => new HandedConnection(descriptor, listener.Family, peer));
        _draining = dispatcher.Stopping.Register(_workers.Drain);
    }

    /// <exception cref="WorkerStartException">The first worker cannot be started.</exception>
    internal static IAcceptor Start(ConnectionDispatcher dispatcher, IReadOnlyList<SocketListener> listeners)
    {
        var acceptor = new ProcessAcceptor(dispatcher, listeners);
        try
        {
            acceptor._workers.Start();
        }
        catch
        {
            acceptor._accept.Dispose();
            throw;
        }

        new Thread(acceptor.Accept) { IsBackground = true, Name = "acceptor" }.Start();
        return acceptor;
    }

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        _accept.Stop();
        await Task.WhenAny(_stopped.Task, Task.Delay(StopPatience));
        _workers.Stop();
        await _stopped.Task;
    }

    /// <inheritdoc/>
    public Task JoinAsync()
    {
        _draining.Dispose();
        return _workers.Gone;
    }

    /// <inheritdoc/>
    public void SendToWorkers(ReadOnlySpan<byte> message) => _workers.Send(message);

    private void Accept()
    {
        while (_accept.Next() is { } served) HandOver(served);
        _accept.Dispose();
        _stopped.SetResult();
    }

    /// <summary>
    /// After a flood the backlog is full of clients that have left, and each would cost a process. So while workers are short, one that has
    /// ended its side without a word is not served. Otherwise it may have come to listen only.
    /// </summary>
    private bool IsGivenUp(HandedConnection connection, Deadline deadline)
    {
        if (_workers.MustWait) _strainedUntil = Deadline.After(StrainLasts);
        if (_strainedUntil.HasPassed) return false;
        return connection.HasPeerLeft() || (_workers.AwaitIdle(deadline) && connection.HasPeerLeft());
    }

    private void HandOver(ServedConnection served)
    {
        var deadline = Deadline.After(WorkerPatience);
        if (IsGivenUp((HandedConnection)served.Connection, deadline))
        {
            _dispatcher.Reject(served, RefusalReason.GivenUp, "it had left before a worker process was free");
            return;
        }

        while (_workers.Take(served, deadline) is { } worker)
        {
            if (((HandedConnection)served.Connection).TryHandTo(worker, served.IsOverloaded)) return;
            _workers.TakeBack(worker);
            if (served.Connection.HasEnded) break; // aborted meanwhile
        }

        var (reason, detail) = _workers.IsStopping
            ? (RefusalReason.Stopping, "the server is stopping")
            : (RefusalReason.NoWorker, $"no worker process came up within {WorkerPatience.TotalSeconds} seconds");
        _dispatcher.Reject(served, reason, detail);
    }
}
