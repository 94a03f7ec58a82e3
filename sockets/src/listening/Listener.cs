using System.Net;

namespace Argosy.Sockets;

/// <summary>A bound, listening socket. Disposing it stops listening and, for a Unix socket, removes its file.</summary>
public abstract class Listener : IAsyncDisposable
{
    /// <summary>The address it listens at, with the real port where 0 was asked for.</summary>
    public abstract EndPoint LocalEndPoint { get; }

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
