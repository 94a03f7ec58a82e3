using System.Net;
using Microsoft.Extensions.Logging;

namespace Argosy.Sockets;

/// <summary>The part of a handler's context that is the same under every model.</summary>
internal abstract class ServedContext(ServedConnection served) : HandlerContext
{
    public sealed override IConnection Connection => served.Connection;

    public sealed override CancellationToken Stopping => served.Dispatcher.Stopping;

    public sealed override bool IsOverloaded => served.IsOverloaded;

    public sealed override ILogger Logger => served.Dispatcher.Logger;

    public sealed override Listener Listen(EndPoint address, int backlog = 16) =>
        served.Keep(SocketListener.Open(address, backlog, dualStack: true));

    public sealed override async ValueTask<IConnection> ConnectAsync(EndPoint address, Deadline deadline) =>
        served.Keep(await OpenAsync(address, deadline));

    public sealed override async ValueTask<IConnection> AcceptAsync(Listener listener, Deadline deadline) =>
        served.Keep(await AcceptAsync((SocketListener)listener, deadline));

    public sealed override async ValueTask<int> WaitAnyAsync(ReadOnlyMemory<IConnection> connections, Deadline deadline)
    {
        if (connections.IsEmpty) throw new ArgumentException("There is no connection to wait on.", nameof(connections));
        return await WaitAnyAsync(ReadinessSet.Of(connections.Span), deadline);
    }

    /// <summary>Connects under the model.</summary>
    protected abstract ValueTask<StreamConnection> OpenAsync(EndPoint address, Deadline deadline);

    /// <summary>Accepts under the model.</summary>
    protected abstract ValueTask<StreamConnection> AcceptAsync(SocketListener listener, Deadline deadline);

    /// <summary>Waits under the model, after memory was found to hold nothing.</summary>
    protected abstract ValueTask<int> WaitAnyAsync(StreamConnection[] connections, Deadline deadline);

    protected static TimeoutException TimedOut(string what) => new($"{what}: the deadline has passed.");
}
