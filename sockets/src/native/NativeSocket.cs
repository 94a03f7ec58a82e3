using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Sockets;

/// <summary>
/// Non-blocking socket calls on Linux. Each returns a count, or a negative <see cref="Errno"/>; none throws for a failing
/// peer. EINTR is retried here, so that nobody above has to know of it.
/// </summary>
internal static unsafe class NativeSocket
{
    private const int SockStream = 1;
    private const int NonBlockCloseOnExec = 0x800 | 0x80000; // SOCK_NONBLOCK | SOCK_CLOEXEC
    private const int DontWaitNoSignal = 0x40 | 0x4000; // MSG_DONTWAIT | MSG_NOSIGNAL
    private const int SolSocket = 1;
    private const int SoError = 4;
    private const int SoLinger = 13;
    private const int SoPeerCred = 17;
    private const int IpProtoTcp = 6;
    private const int TcpNoDelay = 1;
    private const int ShutWrite = 1;
    private const int MaxAddress = 128; // sizeof(struct sockaddr_storage)

    internal static int Receive(SafeHandle socket, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var count = Libc.Receive(socket, start, (nuint)buffer.Length, DontWaitNoSignal);
                if (count >= 0) return (int)count;
                if (LastError is var error && error != Errno.EINTR) return -error;
            }
        }
    }

    /// <summary>Looks whether there is a byte to read and leaves it: 1, 0 at the end, or a negative errno.</summary>
    internal static int Peek(SafeHandle socket)
    {
        const int peek = 0x2; // MSG_PEEK
        byte first;
        while (true)
        {
            var count = Libc.Receive(socket, &first, 1, DontWaitNoSignal | peek);
            if (count >= 0) return (int)count;
            if (LastError is var error && error != Errno.EINTR) return -error;
        }
    }

    internal static int Send(SafeHandle socket, ReadOnlySpan<byte> data)
    {
        fixed (byte* start = data)
        {
            while (true)
            {
                var count = Libc.Send(socket, start, (nuint)data.Length, DontWaitNoSignal);
                if (count >= 0) return (int)count;
                if (LastError is var error && error != Errno.EINTR) return -error;
            }
        }
    }

    /// <summary>sendfile(2): sends what the socket takes now, without moving the file's own position.</summary>
    internal static long SendFile(SafeHandle socket, SafeFileHandle file, long offset, long count)
    {
        while (true)
        {
            var position = offset;
            var sent = Libc.SendFile(socket, file, &position, (nuint)count);
            if (sent >= 0) return sent;
            if (LastError is var error && error != Errno.EINTR) return -error;
        }
    }

    /// <summary>accept4(2). The returned descriptor is non-blocking and closed on exec.</summary>
    internal static int Accept(SafeHandle listener, AddressFamily family, out EndPoint? peer)
    {
        var address = stackalloc byte[MaxAddress];
        while (true)
        {
            var length = MaxAddress;
            var descriptor = Libc.Accept(listener, address, &length, NonBlockCloseOnExec);
            if (descriptor >= 0)
            {
                peer = NativeAddress.Read(family, new ReadOnlySpan<byte>(address, length));
                return descriptor;
            }

            peer = null;
            if (LastError is var error && error != Errno.EINTR) return -error;
        }
    }

    /// <summary>A new non-blocking stream socket.</summary>
    internal static int Create(AddressFamily family)
    {
        var descriptor = Libc.Socket(NativeAddress.Family(family), SockStream | NonBlockCloseOnExec, 0);
        return descriptor >= 0 ? descriptor : -LastError;
    }

    /// <summary>Starts to connect: 0 when done at once, -EINPROGRESS when writability will tell.</summary>
    internal static int Connect(SafeHandle socket, EndPoint address)
    {
        var bytes = address.Serialize();
        fixed (byte* start = bytes.Buffer.Span)
        {
            return Libc.Connect(socket, start, bytes.Size) == 0 ? 0 : -LastError;
        }
    }

    /// <summary>The result of a connect under way: 0, or a negative errno.</summary>
    internal static int PendingError(SafeHandle socket)
    {
        int value = 0, length = sizeof(int);
        return Libc.GetSocketOption(socket, SolSocket, SoError, &value, &length) == 0 ? -value : -LastError;
    }

    /// <summary>True when an operation of that direction would not wait, or not for longer than that: something is there, or a failure to report.</summary>
    internal static bool IsReady(SafeHandle socket, PollEvents events, int milliseconds = 0)
    {
        var isHeld = false;
        try
        {
            socket.DangerousAddRef(ref isHeld);
            var entry = new PollEntry { Descriptor = (int)socket.DangerousGetHandle(), Asked = events };
            return Libc.Poll(&entry, 1, milliseconds) != 0; // should it fail, the operation finds out why
        }
        finally
        {
            if (isHeld) socket.DangerousRelease();
        }
    }

    /// <summary>A second descriptor of the same socket, the first free one from a number on, closed on exec; or a negative errno.</summary>
    internal static int Duplicate(SafeHandle socket, int from = 0)
    {
        const int duplicateCloseOnExec = 1030; // F_DUPFD_CLOEXEC
        var descriptor = Libc.Control(socket, duplicateCloseOnExec, from);
        return descriptor >= 0 ? descriptor : -LastError;
    }

    internal static EndPoint? LocalEndPoint(SafeHandle socket, AddressFamily family)
    {
        var address = stackalloc byte[MaxAddress];
        var length = MaxAddress;
        return Libc.GetSocketName(socket, address, &length) == 0
            ? NativeAddress.Read(family, new ReadOnlySpan<byte>(address, length))
            : null;
    }

    /// <summary>SO_PEERCRED of unix(7): struct ucred, three 32-bit numbers.</summary>
    internal static PeerCredentials? PeerCredentials(SafeHandle socket)
    {
        var values = stackalloc int[3];
        var length = 3 * sizeof(int);
        return OperatingSystem.IsLinux() && Libc.GetSocketOption(socket, SolSocket, SoPeerCred, values, &length) == 0
            ? new PeerCredentials(values[0], (uint)values[1], (uint)values[2])
            : null;
    }

    internal static void DisableDelay(SafeHandle socket)
    {
        var on = 1;
        _ = Libc.SetSocketOption(socket, IpProtoTcp, TcpNoDelay, &on, sizeof(int));
    }

    /// <summary>Makes the coming close(2) a reset: SO_LINGER on, zero seconds (socket(7)).</summary>
    internal static void ResetOnClose(SafeHandle socket)
    {
        var linger = stackalloc int[2] { 1, 0 };
        _ = Libc.SetSocketOption(socket, SolSocket, SoLinger, linger, 2 * sizeof(int));
    }

    internal static int ShutdownWrite(SafeHandle socket) => Libc.Shutdown(socket, ShutWrite) == 0 ? 0 : -LastError;

    /// <summary>Sets O_NONBLOCK, for a listener that the runtime's Socket opened.</summary>
    internal static void SetNonBlocking(SafeHandle socket)
    {
        const int getFlags = 3, setFlags = 4, nonBlock = 0x800;
        _ = Libc.Control(socket, setFlags, Libc.Control(socket, getFlags, 0) | nonBlock);
    }

    /// <summary>Sets FD_CLOEXEC on a descriptor that came by inheritance: 0, or a negative errno.</summary>
    internal static int SetCloseOnExec(SafeHandle descriptor)
    {
        const int setDescriptorFlags = 2, closeOnExec = 1; // F_SETFD, FD_CLOEXEC
        return Libc.Control(descriptor, setDescriptorFlags, closeOnExec) == 0 ? 0 : -LastError;
    }

    private static int LastError => Marshal.GetLastPInvokeError();
}
