namespace Argosy.Sockets;

/// <summary>
/// Builds a protocol for each connection, accepted or opened, and holds what they share. Serve it with
/// <c>new StreamServer(options, factory.CreateHandler)</c>; connect with <see cref="ProtocolClient"/>.
/// </summary>
/// <param name="build">Makes a protocol.</param>
public class ProtocolFactory(Func<Protocol> build)
{
    /// <summary>How long a peer may take nothing of what is written to it before its connection is cut.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many written bytes may wait for a peer that reads slowly; one more, and its connection is cut. Register a producer to
    /// write more than this.</summary>
    public int MaxPendingBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>What to put over a connection before the protocol begins: TLS, a challenge. Null: nothing.</summary>
    public Func<IConnection, ValueTask<IConnection>>? Layer { get; init; }

    /// <summary>Makes the protocol of one connection, or null to close it at once.</summary>
    protected internal virtual Protocol? BuildProtocol(IConnection connection) => build();

    /// <summary>The handler that runs a protocol of this factory on an accepted connection.</summary>
    public ConnectionHandler CreateHandler() => new ProtocolHandler(this);

    private sealed class ProtocolHandler(ProtocolFactory factory) : ConnectionHandler
    {
        public override ValueTask HandleAsync() => ProtocolLoop.RunAsync(factory, Connection, Context.Stopping, static _ => { });
    }
}
