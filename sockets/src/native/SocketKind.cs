using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>What a descriptor that came from elsewhere is (socket(7): SO_DOMAIN, SO_TYPE, SO_ACCEPTCONN).</summary>
internal readonly record struct SocketKind(AddressFamily Family, SocketType Type, bool IsListening)
{
    private const int SolSocket = 1;
    private const int SoType = 3;
    private const int SoAcceptConnections = 30;
    private const int SoDomain = 39;

    /// <summary>Asks the kernel: 0, or the negative errno; ENOTSOCK and EBADF are what a wrong descriptor gives.</summary>
    internal static int TryRead(SafeHandle socket, out SocketKind kind)
    {
        kind = default;
        if (Option(socket, SoDomain, out var domain) is < 0 and var noFamily) return noFamily;
        if (Option(socket, SoType, out var type) is < 0 and var noType) return noType;
        if (Option(socket, SoAcceptConnections, out var accepts) is < 0 and var noState) return noState;
        kind = new SocketKind(NativeAddress.Family(domain), (SocketType)type, accepts != 0);
        return 0;
    }

    private static unsafe int Option(SafeHandle socket, int name, out int value)
    {
        int read = 0, length = sizeof(int);
        var result = Libc.GetSocketOption(socket, SolSocket, name, &read, &length);
        value = read;
        return result == 0 ? 0 : -Marshal.GetLastPInvokeError();
    }
}
