using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>A bound datagram socket. It is polled and received from by one model; any thread may send.</summary>
internal sealed class DatagramSocket : IBoundSocket
{
    /// <summary>sizeof(struct sockaddr_storage): room for any address.</summary>
    internal const int MaxAddress = 128;

    private const int DontWait = 0x40; // MSG_DONTWAIT
    private const int RealLength = 0x20; // MSG_TRUNC, recv(2): returns the datagram's length even where the buffer is shorter
    private const int NoSignal = 0x4000; // MSG_NOSIGNAL
    private const int MessageTooLong = 90; // EMSGSIZE

    private readonly Socket _socket;
    private volatile string? _path; // of the file to remove in the end

    private DatagramSocket(Socket socket, EndPoint address, bool ownsFile)
    {
        (_socket, LocalEndPoint) = (socket, address);
        _path = ownsFile ? (address as UnixDomainSocketEndPoint)?.ToString() : null;
    }

    internal EndPoint LocalEndPoint { get; }

    internal Socket Socket => _socket;

    /// <summary>What is polled and received from.</summary>
    public SafeHandle Handle => _socket.SafeHandle;

    /// <inheritdoc/>
    public bool OwnsFile => _path is not null;

    internal AddressFamily Family => _socket.AddressFamily;

    /// <summary>Binds. No address is shared: for UDP, SO_REUSEADDR would let a second server take this one's datagrams.</summary>
    /// <exception cref="ConnectionException">In use, not permitted, not an address of this machine.</exception>
    internal static DatagramSocket Open(EndPoint address, bool dualStack)
    {
        try
        {
            return Bind(address, dualStack);
        }
        catch (ConnectionException e) when (e.Error == ConnectionError.AddressInUse && UnixSocketFile.TryRemoveStale(address, SocketType.Dgram))
        {
            return Bind(address, dualStack);
        }
    }

    /// <summary>A socket that somebody else bound.</summary>
    internal static DatagramSocket Adopt(InheritedSocket inherited) =>
        new(inherited.TakeFor(SocketType.Dgram), inherited.LocalEndPoint, inherited.OwnsFile);

    /// <inheritdoc/>
    public void LeaveFile() => _path = null;

    /// <summary>Receives one datagram: its real length, which is beyond the buffer when it was truncated; or a negative errno.</summary>
    internal unsafe int TryReceive(Span<byte> buffer, Span<byte> address, out int addressLength)
    {
        fixed (byte* bytes = buffer, peer = address)
        {
            while (true)
            {
                var length = address.Length;
                var count = Libc.ReceiveFrom(Handle, bytes, (nuint)buffer.Length, DontWait | RealLength, peer, &length);
                addressLength = count < 0 ? 0 : length;
                if (count >= 0) return (int)count;
                if (Marshal.GetLastPInvokeError() is var error && error != Errno.EINTR) return -error;
            }
        }
    }

    /// <summary>Sends one datagram; false when the kernel has no room for it or nobody is at the address.</summary>
    /// <exception cref="ArgumentException">It is longer than this transport carries.</exception>
    /// <exception cref="ConnectionException">The system refuses for another reason.</exception>
    internal unsafe bool TrySend(ReadOnlySpan<byte> data, ReadOnlySpan<byte> address)
    {
        int error;
        fixed (byte* bytes = data, peer = address)
        {
            do
            {
                if (Libc.SendTo(Handle, bytes, (nuint)data.Length, DontWait | NoSignal, peer, address.Length) >= 0) return true;
                error = Marshal.GetLastPInvokeError();
            }
            while (error == Errno.EINTR);
        }

        return error switch
        {
            Errno.EAGAIN or Errno.ENOBUFS or Errno.ECONNREFUSED or Errno.ENOENT or Errno.EHOSTUNREACH or Errno.ENETUNREACH => false,
            MessageTooLong => throw new ArgumentException($"A datagram of {data.Length} bytes is too long for {LocalEndPoint}.", nameof(data)),
            _ => throw ConnectionErrors.FromErrno(error, $"Sending a datagram from {LocalEndPoint}"),
        };
    }

    internal void Close()
    {
        _socket.Dispose();
        if (_path is { } path) UnixSocketFile.Remove(path);
    }

    private static DatagramSocket Bind(EndPoint address, bool dualStack)
    {
        if (address is UnixDomainSocketEndPoint unix)
        {
            return NativeUnixSocket.TryBind(unix, SocketType.Dgram, backlog: 0, out var errno) is { } bound
                ? new DatagramSocket(bound, address, ownsFile: true)
                : throw ListenErrors.From(errno, address);
        }

        Socket? socket = null;
        try
        {
            socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            if (address.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = dualStack;
            socket.Bind(address);
            return new DatagramSocket(socket, socket.LocalEndPoint!, ownsFile: false);
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw ListenErrors.From(e, address);
        }
    }
}
