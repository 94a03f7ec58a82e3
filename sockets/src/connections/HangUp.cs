using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>Whether there is still somebody at the other end.</summary>
internal static unsafe class HangUp
{
    /// <summary>
    /// True when the socket has failed or both its directions are closed: poll(2) tells POLLERR and POLLHUP without being asked, and a peer that has
    /// only finished sending is neither. Never waits. A call that fails says nothing of the peer.
    /// </summary>
    internal static bool Of(SafeHandle socket)
    {
        var isHeld = false;
        try
        {
            socket.DangerousAddRef(ref isHeld);
            var entry = new PollEntry { Descriptor = (int)socket.DangerousGetHandle(), Asked = PollEvents.None };
            return Libc.Poll(&entry, 1, 0) > 0;
        }
        catch (ObjectDisposedException)
        {
            return true; // ended by another thread
        }
        finally
        {
            if (isHeld) socket.DangerousRelease();
        }
    }
}
