using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>
/// Binds Unix sockets itself: the runtime's Socket removes the file of a socket that it has bound whenever it is disposed, and with it
/// the way to a successor that serves the same socket.
/// </summary>
internal static class NativeUnixSocket
{
    private const int CloseOnExec = 0x80000; // SOCK_CLOEXEC

    /// <summary>A bound socket, which listens where it is a stream: null and the errno where there is none.</summary>
    /// <param name="address">Its path, or an abstract name.</param>
    /// <param name="type">Stream or datagrams.</param>
    /// <param name="backlog">How many connections wait (listen(2)).</param>
    /// <param name="errno">0, or what went wrong.</param>
    /// <param name="mode">The file's permissions, before anybody can connect; null: as the umask has them.</param>
    internal static Socket? TryBind(UnixDomainSocketEndPoint address, SocketType type, int backlog, out int errno, UnixFileMode? mode = null)
    {
        errno = 0;
        var descriptor = Libc.Socket(NativeAddress.Family(AddressFamily.Unix), (int)type | CloseOnExec, 0);
        var socket = new SafeSocketHandle(descriptor, ownsHandle: true);
        if (descriptor < 0 || Bind(socket, address) < 0 || !TrySetMode(address, mode) || (type == SocketType.Stream && Libc.Listen(socket, backlog) < 0))
        {
            errno = Marshal.GetLastPInvokeError();
            socket.Dispose();
            return null;
        }

        return new Socket(socket);
    }

    private static bool TrySetMode(UnixDomainSocketEndPoint address, UnixFileMode? mode) =>
        mode is not { } wanted || Libc.ChangeMode(address.ToString()!, (uint)wanted) == 0;

    private static unsafe int Bind(SafeHandle socket, UnixDomainSocketEndPoint address)
    {
        var bytes = address.Serialize();
        fixed (byte* start = bytes.Buffer.Span)
        {
            return Libc.Bind(socket, start, bytes.Size);
        }
    }
}
