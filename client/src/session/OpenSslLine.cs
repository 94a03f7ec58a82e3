namespace Argosy.Client;

/// <summary>A connection under TLS by OpenSSL: waits are the kernel's (poll(2)), without a way through other threads.</summary>
/// <param name="stream">Closed by its owner, which ends a wait.</param>
/// <param name="closed">Cancelled before that.</param>
internal sealed class OpenSslLine(OpenSslStream stream, CancellationToken closed) : BlockingLine
{
    public override void Send(ReadOnlySpan<byte> bytes, Watch watch)
    {
        var hasLeft = true;
        while (!bytes.IsEmpty || !hasLeft)
        {
            if (!hasLeft)
                Await(Posix.Writable);
            (var count, hasLeft) = stream.GiveNow(bytes);
            if (count > 0 || hasLeft)
                watch.Touch();
            bytes = bytes[count..];
        }
    }

    public override int Receive(Span<byte> buffer, int least)
    {
        var count = 0;
        var enough = Environment.TickCount64 + Moment;
        while (count < buffer.Length)
        {
            var received = TakeNow(buffer[count..], count);
            if (received > 0)
                count += received;
            else if (received == 0 || (count > 0 && (count >= least || Environment.TickCount64 > enough)))
                break;
            else
                Await(Posix.Readable);
        }

        return count;
    }

    // Whoever reads again hears of a failure behind bytes.
    private int TakeNow(Span<byte> buffer, int before)
    {
        try
        {
            return stream.TakeNow(buffer);
        }
        catch (IOException) when (before > 0)
        {
            return 0;
        }
    }

    // Waits for a moment.
    private void Await(short events)
    {
        closed.ThrowIfCancellationRequested();
        Posix.Wait(stream.Socket.SafeHandle, events, Moment);
    }
}
