using System.Net.Sockets;

namespace Argosy.Client;

/// <summary>
/// A connection as a thread of its own uses it while a large body moves: what cannot be done at once is waited for in the kernel (poll(2)), and not by way
/// of other threads. Each direction may be used by one thread at a time, and by nobody else meanwhile.
/// </summary>
internal sealed class BlockingLine
{
    // A session that ends closes the socket, which ends a wait. This bounds what could be missed of that, and how long bytes wait for others.
    private const int Slice = 200;

    private readonly Socket _socket;
    private readonly CancellationToken _closed;

    private BlockingLine(Socket socket, CancellationToken closed) => (_socket, _closed) = (socket, closed);

    /// <summary>The same connection; null where there is more between its bytes and the kernel, or another kernel.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="closed">Cancelled when it is over.</param>
    public static BlockingLine? Of(Stream stream, CancellationToken closed) =>
        OperatingSystem.IsLinux() && stream is NetworkStream plain ? new BlockingLine(plain.Socket, closed) : null;

    /// <summary>Sends all of it.</summary>
    /// <param name="bytes">What to send.</param>
    /// <param name="watch">Told of every part that was taken.</param>
    /// <exception cref="IOException">The connection is broken.</exception>
    public void Send(ReadOnlySpan<byte> bytes, Watch watch)
    {
        while (!bytes.IsEmpty)
        {
            var sent = Posix.Send(_socket.SafeHandle, bytes);
            if (sent > 0)
            {
                watch.Touch();
                bytes = bytes[sent..];
            }
            else
            {
                Await(sent, Posix.Writable);
            }
        }
    }

    /// <summary>Receives until <paramref name="least"/> bytes are here, or for a moment, and whatever else has come by then.</summary>
    /// <returns>How many bytes; 0 at the end of the stream.</returns>
    /// <exception cref="IOException">The connection is broken.</exception>
    public int Receive(Span<byte> buffer, int least)
    {
        var count = 0;
        var enough = Environment.TickCount64 + Slice;
        while (count < buffer.Length)
        {
            var received = Posix.Receive(_socket.SafeHandle, buffer[count..]);
            if (received > 0)
                count += received;
            else if (received == 0 || (count > 0 && (count >= least || received != Posix.TryAgain || Environment.TickCount64 > enough)))
                break;
            else
                Await(received, Posix.Readable);
        }

        return count;
    }

    // Waits for a moment where that is all there is to do.
    private void Await(int result, short events)
    {
        _closed.ThrowIfCancellationRequested();
        if (result is not (Posix.TryAgain or Posix.Interrupted))
            throw new IOException($"The connection is broken (error {-result}).");
        Posix.Wait(_socket.SafeHandle, events, Slice);
    }
}
