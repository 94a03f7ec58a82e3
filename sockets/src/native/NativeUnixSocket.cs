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
    internal static Socket? TryBind(UnixDomainSocketEndPoint address, SocketType type, int backlog, out int errno)
    {
        errno = 0;
        var descriptor = Libc.Socket(NativeAddress.Family(AddressFamily.Unix), (int)type | CloseOnExec, 0);
        var socket = new SafeSocketHandle(descriptor, ownsHandle: true);
        if (descriptor < 0 || Bind(socket, address) < 0 || (type == SocketType.Stream && Libc.Listen(socket, backlog) < 0))
        {
            errno = Marshal.GetLastPInvokeError();
            socket.Dispose();
            return null;
        }

        return new Socket(socket);
    }

    private static unsafe int Bind(SafeHandle socket, UnixDomainSocketEndPoint address)
    {
        var bytes = address.Serialize();
        fixed (byte* start = bytes.Buffer.Span)
        {
            return Libc.Bind(socket, start, bytes.Size);
        }
    }
}
