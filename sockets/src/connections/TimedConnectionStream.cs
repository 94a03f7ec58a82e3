namespace Argosy.Sockets;

/// <summary>A stream each of whose operations may take so long: settimeout() of Python's sockets.</summary>
internal sealed class TimedConnectionStream(IConnection connection, TimeSpan limit) : ConnectionStream(connection, ownsConnection: false)
{
    private readonly IConnection _connection = connection;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _connection.ReadDeadline = Deadline.After(limit);
        return base.ReadAsync(buffer, cancellationToken);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _connection.WriteDeadline = Deadline.After(limit);
        return base.WriteAsync(buffer, cancellationToken);
    }
}
