namespace Argosy.Client;

/// <summary>
/// A connection as a thread of its own uses it while a large body moves: what cannot be done at once is waited for on that thread. Each direction may be
/// used by one thread at a time, and by nobody else meanwhile.
/// </summary>
internal abstract class BlockingLine
{
    /// <summary>For how long bytes that have come, in milliseconds, wait for others that belong to the same piece.</summary>
    protected const int Moment = 200;

    /// <summary>The same connection, by the shortest way to the kernel.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="closed">Cancelled when it is over.</param>
    public static BlockingLine Of(Stream stream, CancellationToken closed) => stream switch
    {
        OpenSslStream secure => new OpenSslLine(secure, closed),
        SocketStream plain => new SocketLine(plain.Socket, closed),
        _ => new StreamLine(stream),
    };

    /// <summary>Sends all of it.</summary>
    /// <param name="bytes">What to send.</param>
    /// <param name="watch">Told of every part that was taken.</param>
    /// <exception cref="IOException">The connection is broken.</exception>
    public abstract void Send(ReadOnlySpan<byte> bytes, Watch watch);

    /// <summary>Receives until <paramref name="least"/> bytes are here, or for a moment, and whatever else has come by then.</summary>
    /// <returns>How many bytes; 0 at the end of the stream.</returns>
    /// <exception cref="IOException">The connection is broken. What came before that is given first.</exception>
    public abstract int Receive(Span<byte> buffer, int least);
}
