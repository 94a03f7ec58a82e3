using System.Net;

namespace Argosy.Sockets;

/// <summary>What <see cref="StreamServer"/> and <see cref="DatagramServer"/> have in common: the life of a server.</summary>
public interface ISocketServer : IAsyncDisposable
{
    /// <summary>The addresses it is bound to, with real ports. Empty before <see cref="Bind"/>.</summary>
    IReadOnlyList<EndPoint> LocalEndPoints { get; }

    /// <summary>Binds all addresses without serving yet. When one fails, none stays bound.</summary>
    /// <exception cref="ConnectionException">In use, not permitted, not an address of this machine: the message says what to do.</exception>
    void Bind();

    /// <summary>Starts to serve; binds first where <see cref="Bind"/> has not been called.</summary>
    /// <exception cref="ConnectionException">As <see cref="Bind"/>.</exception>
    void Start();

    /// <summary>Takes nothing new, waits up to <paramref name="drain"/> for what is under way, then aborts the rest. A later call with
    /// less time shortens the wait; <see cref="TimeSpan.Zero"/> ends it.</summary>
    Task StopAsync(TimeSpan drain);

    /// <summary>What it is bound to, for a successor.</summary>
    internal IReadOnlyList<IBoundSocket> BoundSockets { get; }

    /// <summary>True from <see cref="Start"/> on.</summary>
    internal bool IsStarted { get; }
}
