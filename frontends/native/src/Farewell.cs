using System.Buffers;
using Argosy.Sockets;
using Argosy.Wire;

namespace Argosy.Native;

/// <summary>
/// What a client from a banned address hears: without it, its user would look for the fault in the network. No handshake and no login happens for it; to
/// who speaks TLS it is said by an alert, in clear (RFC 8446 section 6.2).
/// </summary>
internal static class Farewell
{
    private const string Reason = SessionText.Banned;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // A record of type alert (21) with two bytes: fatal (2), access_denied (49).
    private static readonly byte[] AccessDenied = [21, 3, 3, 0, 2, 2, 49];

    /// <summary>Waits for the client's first bytes, answers in kind, and closes.</summary>
    /// <exception cref="TimeoutException">It says nothing.</exception>
    /// <exception cref="ConnectionException">It has left.</exception>
    public static async ValueTask SayAsync(IConnection connection, CancellationToken stopping)
    {
        connection.ReadDeadline = connection.WriteDeadline = Deadline.After(Patience);
        byte[] first = new byte[TransportDetector.Needed];
        for (int count = 0, read; count < first.Length; count += read)
        {
            read = await connection.ReadAsync(first.AsMemory(count), stopping);
            if (read == 0)
                return;
        }

        await connection.WriteAsync(TransportDetector.IsTls(first) ? AccessDenied : Refusal(), stopping);
        await connection.LingerAsync(Patience);
    }

    private static ReadOnlyMemory<byte> Refusal()
    {
        var frame = new ArrayBufferWriter<byte>();
        FrameEncoder.Write(frame, Errors.Reply(null, WireError.Banned, Reason), seal: false);
        return frame.WrittenMemory;
    }
}
