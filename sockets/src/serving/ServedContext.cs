using System.Net;
using Microsoft.Extensions.Logging;

namespace Argosy.Sockets;

/// <summary>The part of a handler's context that is the same under every model.</summary>
internal abstract class ServedContext(ServedConnection served) : HandlerContext
{
    private ReadinessTurns _turns;

    public sealed override IConnection Connection => served.Connection;

    /// <summary>The accepted connection, whatever layers the handler has put over it.</summary>
    protected StreamConnection Accepted => served.Connection;

    public sealed override CancellationToken Stopping => served.Dispatcher.Stopping;

    public sealed override bool IsOverloaded => served.IsOverloaded;

    public sealed override ILogger Logger => served.Dispatcher.Logger;

    public sealed override Listener Listen(EndPoint address, int backlog = 16) =>
        served.Keep(SocketListener.Open(address, backlog, dualStack: true));

    public sealed override async ValueTask<IConnection> ConnectAsync(EndPoint address, Deadline deadline, CancellationToken cancellation = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(served.Aborting, cancellation);
        try
        {
            return served.Keep(await OpenAsync(address, deadline, either.Token));
        }
        catch (OperationCanceledException) when (served.Aborting.IsCancellationRequested || cancellation.IsCancellationRequested)
        {
            if (served.Aborting.IsCancellationRequested) throw ConnectionErrors.Ended($"Connecting to {address}");
            throw new OperationCanceledException(cancellation);
        }
    }

    public sealed override async ValueTask<IConnection> AcceptAsync(Listener listener, Deadline deadline, CancellationToken cancellation = default) =>
        served.Keep(await AcceptAsync((SocketListener)listener, deadline, cancellation));

    public sealed override async ValueTask<int> WaitAnyAsync(
        ReadOnlyMemory<IConnection> connections, Deadline deadline, CancellationToken cancellation = default)
    {
        if (connections.IsEmpty) throw new ArgumentException("There is no connection to wait on.", nameof(connections));
        var index = await WaitAnyAsync(_turns.Of(connections.Span), deadline, cancellation);
        return _turns.Take(index);
    }

    /// <summary>Connects under the model.</summary>
    protected abstract ValueTask<StreamConnection> OpenAsync(EndPoint address, Deadline deadline, CancellationToken cancellation);

    /// <summary>Accepts under the model.</summary>
    protected abstract ValueTask<StreamConnection> AcceptAsync(SocketListener listener, Deadline deadline, CancellationToken cancellation);

    /// <summary>Waits under the model.</summary>
    protected abstract ValueTask<int> WaitAnyAsync(ReadinessSet connections, Deadline deadline, CancellationToken cancellation);

    /// <summary>
    /// One look of <see cref="WaitAnyAsync(ReadinessSet, Deadline, CancellationToken)"/>: what has ended counts before a cancellation, and what can be
    /// read before the deadline. False: wait.
    /// </summary>
    protected static bool TryFind(ReadinessSet connections, Deadline deadline, CancellationToken cancellation, out int index)
    {
        if ((index = connections.First(static connection => connection.IsOver)) >= 0) return true;
        cancellation.ThrowIfCancellationRequested();
        if ((index = connections.First(static connection => connection.IsReadable())) >= 0) return true;
        return deadline.HasPassed ? throw TimedOut("Waiting for the first of several connections") : false;
    }

    /// <summary>What an accept looks at before each try; the deadline counts when nobody is there.</summary>
    protected static void ThrowIfDue(SocketListener listener, CancellationToken cancellation)
    {
        if (listener.IsDisposed) throw ConnectionErrors.Ended($"Accepting on {listener.LocalEndPoint}");
        cancellation.ThrowIfCancellationRequested();
    }

    protected static TimeoutException TimedOut(string what) => new($"{what}: the deadline has passed.");
}
