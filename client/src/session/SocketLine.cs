using System.Net.Sockets;

namespace Argosy.Client;

/// <summary>A plain connection: waits are the kernel's (poll(2)), without a way through other threads.</summary>
/// <param name="socket">Closed by its owner, which ends a wait.</param>
/// <param name="closed">Cancelled before that.</param>
internal sealed class SocketLine(Socket socket, CancellationToken closed) : BlockingLine
{
    public override void Send(ReadOnlySpan<byte> bytes, Watch watch)
    {
        while (!bytes.IsEmpty)
        {
            var sent = Posix.Send(socket.SafeHandle, bytes);
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

    public override int Receive(Span<byte> buffer, int least)
    {
        var count = 0;
        var enough = Environment.TickCount64 + Moment;
        while (count < buffer.Length)
        {
            var received = Posix.Receive(socket.SafeHandle, buffer[count..]);
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
        closed.ThrowIfCancellationRequested();
        if (result is not (Posix.TryAgain or Posix.Interrupted))
            throw SocketStream.Broken(result);
        Posix.Wait(socket.SafeHandle, events, Moment);
    }
}
