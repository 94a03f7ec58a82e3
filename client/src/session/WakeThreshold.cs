using System.Net.Sockets;

namespace Argosy.Client;

/// <summary>
/// Keeps a socket from waking anybody for less than a good piece of a large body. Two would be woken by each segment: the thread that waits, and the base library's,
/// which watches every socket that it has connected and finds nothing to do.
/// </summary>
/// <param name="socket">The socket.</param>
internal sealed class WakeThreshold(Socket socket)
{
    private const int Piece = 128 * 1024;
    private int _bytes = 1;

    /// <summary>So many bytes are still wanted, or more of another one's making, as records of TLS are.</summary>
    public void Want(int bytes) => Set(Math.Clamp(bytes, 1, Piece));

    /// <summary>From now on every byte counts.</summary>
    public void Reset() => Set(1);

    private void Set(int bytes)
    {
        if (bytes == _bytes)
            return;
        _bytes = bytes;
        try
        {
            Posix.SetLeastWorthWaking(socket.SafeHandle, bytes);
        }
        catch (ObjectDisposedException)
        {
            // It is closed: whoever uses it next hears of that.
        }
    }
}
