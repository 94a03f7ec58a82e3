namespace Argosy.Sockets;

/// <summary>The encrypted side of a TLS connection: what SslStream reads and writes.</summary>
internal sealed class TlsTransportStream(IConnection connection) : ConnectionStream(connection, ownsConnection: false)
{
    private readonly IConnection _connection = connection;

    /// <summary>True once the transport, not the TLS protocol, has ended.</summary>
    internal bool HasEnded { get; private set; }

    /// <summary>While set, a read that would have to wait throws <see cref="WouldWaitException"/> instead.</summary>
    internal bool NeverWaits { get; set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (NeverWaits && _connection is StreamConnection transport && !transport.IsReadable()) throw new WouldWaitException();
        var count = await _connection.ReadAsync(buffer, cancellationToken);
        if (count == 0 && !buffer.IsEmpty) HasEnded = true;
        return count;
    }
}

/// <summary>There is nothing to read yet. An IOException, because SslStream hands those on as they are and stays usable.</summary>
internal sealed class WouldWaitException() : IOException("Nothing has arrived yet.");
