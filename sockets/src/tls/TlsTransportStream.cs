namespace Argosy.Sockets;

/// <summary>The encrypted side of a TLS connection: what SslStream reads and writes.</summary>
internal sealed class TlsTransportStream(IConnection connection) : ConnectionStream(connection, ownsConnection: false)
{
    private readonly IConnection _connection = connection;

    /// <summary>True once the transport, not the TLS protocol, has ended.</summary>
    internal bool HasEnded { get; private set; }

    /// <summary>
    /// While set, a read that would have to wait throws <see cref="WouldWaitException"/> instead, and deadlines do not count. Only over a connection
    /// that can try.
    /// </summary>
    internal bool NeverWaits { get; set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = NeverWaits ? TryRead(buffer) : await _connection.ReadAsync(buffer, cancellationToken);
        if (count == 0 && !buffer.IsEmpty) HasEnded = true;
        return count;
    }

    private int TryRead(Memory<byte> buffer)
    {
        if (buffer.IsEmpty) return 0; // SslStream asks like that before it takes a buffer; the read that follows finds out
        var count = ((StreamConnection)_connection).TryRead(buffer);
        return count != -Errno.EAGAIN ? count : throw new WouldWaitException();
    }
}

/// <summary>There is nothing to read yet. An IOException, because SslStream hands those on as they are and stays usable.</summary>
internal sealed class WouldWaitException() : IOException("Nothing has arrived yet.");
