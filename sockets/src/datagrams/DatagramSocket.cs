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
    private readonly int? _kernelBuffer;
    private volatile UnixSocketFile? _file; // to remove in the end
    private DatagramSocket[] _shards = [];
    private long _lost;

    private DatagramSocket(Socket socket, EndPoint address, int? kernelBuffer, bool ownsFile)
    {
        (_socket, LocalEndPoint, _kernelBuffer) = (socket, address, kernelBuffer);
        _file = ownsFile ? UnixSocketFile.At(address) : null;
        if (kernelBuffer is { } size) socket.ReceiveBufferSize = size;
    }

    /// <summary>A socket that another process bound and shares with us. Its file, where it has one, is that process's to remove.</summary>
    internal DatagramSocket(DescriptorHandle descriptor, EndPoint address)
    {
        _socket = new Socket(new SafeSocketHandle(descriptor.Detach(), ownsHandle: true));
        LocalEndPoint = address;
    }

    internal EndPoint LocalEndPoint { get; }

    internal Socket Socket => _socket;

    /// <summary>What is polled and received from.</summary>
    public SafeHandle Handle => _socket.SafeHandle;

    /// <inheritdoc/>
    public bool OwnsFile => _file is not null;

    internal AddressFamily Family => _socket.AddressFamily;

    /// <summary>Binds. No address is shared: for UDP, SO_REUSEADDR would let a second server take this one's datagrams.</summary>
    /// <exception cref="ConnectionException">In use, not permitted, not an address of this machine.</exception>
    internal static DatagramSocket Open(EndPoint address, bool dualStack, int? kernelBuffer)
    {
        try
        {
            return Bind(address, dualStack, kernelBuffer);
        }
        catch (ConnectionException e) when (e.Error == ConnectionError.AddressInUse && UnixSocketFile.TryRemoveStale(address, SocketType.Dgram))
        {
            return Bind(address, dualStack, kernelBuffer);
        }
    }

    /// <summary>A socket that somebody else bound.</summary>
    internal static DatagramSocket Adopt(InheritedSocket inherited, int? kernelBuffer)
    {
        var socket = new DatagramSocket(inherited.TakeFor(SocketType.Dgram), inherited.LocalEndPoint, kernelBuffer, inherited.OwnsFile);
        PacketInfo.AskAtWildcard(socket.Handle, inherited.LocalEndPoint);
        return socket;
    }

    /// <inheritdoc/>
    public void LeaveFile() => _file = null;

    /// <summary>
    /// Splits a UDP address among so many sockets, this one being the first: the kernel gives each sender's datagrams to always the same
    /// (SO_REUSEPORT, socket(7)). This socket was bound without the option, so that an occupied port was seen; from here on programs of
    /// the same user that set it can join. A Unix address has one socket only.
    /// </summary>
    /// <exception cref="ConnectionException">No descriptors are left.</exception>
    internal void Split(int count)
    {
        if (Family == AddressFamily.Unix) return;
        ReusePort(_socket);
        _shards = new DatagramSocket[count - 1];
        for (var i = 0; i < _shards.Length; i++)
            _shards[i] = Bind(LocalEndPoint, Family == AddressFamily.InterNetworkV6 && _socket.DualMode, _kernelBuffer, isShard: true);
    }

    /// <summary>The socket of the worker in that place, from 0.</summary>
    internal DatagramSocket Shard(int place) => place == 0 || Family == AddressFamily.Unix ? this : _shards[place - 1];

    /// <summary>Receives one datagram into the buffer: 0, or a negative errno.</summary>
    internal unsafe int TryReceive(ReceiveBuffer buffer)
    {
        var control = stackalloc byte[PacketInfo.MaxControl];
        fixed (byte* bytes = buffer.Bytes, peer = buffer.Address)
        {
            var block = new DataBlock { Start = bytes, Length = (nuint)buffer.Bytes.Length };
            var message = new MessageHeader
            {
                Name = peer,
                NameLength = MaxAddress,
                Blocks = &block,
                BlockCount = 1,
                Control = control,
                ControlLength = PacketInfo.MaxControl,
            };
            nint length;
            while ((length = Libc.ReceiveMessage(Handle, &message, DontWait | RealLength)) < 0)
            {
                if (Marshal.GetLastPInvokeError() is var error && error != Errno.EINTR) return -error;
            }

            buffer.Length = (int)length;
            buffer.AddressLength = (int)message.NameLength;
            buffer.InfoLength = PacketInfo.Read(new ReadOnlySpan<byte>(control, (int)message.ControlLength), buffer.Info);
            return 0;
        }
    }

    /// <summary>Sends one datagram; false when the kernel has no room for it or nobody is at the address.</summary>
    /// <param name="data">What to send; it may be empty.</param>
    /// <param name="address">To whom.</param>
    /// <param name="from">From which of this machine's addresses, as <see cref="PacketInfo"/> has it; empty: the socket's own, or the route's.</param>
    /// <exception cref="ArgumentException">It is longer than this transport carries.</exception>
    /// <exception cref="ConnectionException">The system refuses for another reason.</exception>
    internal bool TrySend(ReadOnlySpan<byte> data, ReadOnlySpan<byte> address, ReadOnlySpan<byte> from)
    {
        var error = from.IsEmpty ? Send(data, address) : SendFrom(from, data, address);
        if (error == Errno.EINVAL && !from.IsEmpty) error = Send(data, address); // the address has left this machine meanwhile
        return error switch
        {
            0 => true,
            Errno.EAGAIN or Errno.ENOBUFS or Errno.ECONNREFUSED or Errno.ENOENT or Errno.EHOSTUNREACH or Errno.ENETUNREACH => false,
            MessageTooLong => throw new ArgumentException($"A datagram of {data.Length} bytes is too long for {LocalEndPoint}.", nameof(data)),
            _ => throw ConnectionErrors.FromErrno(error, $"Sending a datagram from {LocalEndPoint}"),
        };
    }

    /// <summary>How many datagrams the kernel has dropped: SK_MEMINFO_DROPS of SO_MEMINFO (linux/sock_diag.h). Any thread, also afterwards.</summary>
    internal unsafe long LostInKernel()
    {
        const int solSocket = 1, memoryInfo = 55, values = 9, drops = 8;
        var told = stackalloc uint[values];
        var length = values * sizeof(uint);
        if (!Handle.IsClosed && Libc.GetSocketOption(Handle, solSocket, memoryInfo, told, &length) == 0 && length == values * sizeof(uint))
            Volatile.Write(ref _lost, told[drops]);
        return Volatile.Read(ref _lost) + _shards.Sum(shard => shard.LostInKernel());
    }

    internal void Close()
    {
        LostInKernel();
        foreach (var shard in _shards) shard?.Close();
        _file?.Remove();
        _socket.Dispose();
    }

    private unsafe int Send(ReadOnlySpan<byte> data, ReadOnlySpan<byte> address)
    {
        fixed (byte* bytes = data, peer = address)
        {
            while (Libc.SendTo(Handle, bytes, (nuint)data.Length, DontWait | NoSignal, peer, address.Length) < 0)
            {
                if (Marshal.GetLastPInvokeError() is var error && error != Errno.EINTR) return error;
            }

            return 0;
        }
    }

    private unsafe int SendFrom(ReadOnlySpan<byte> from, ReadOnlySpan<byte> data, ReadOnlySpan<byte> address)
    {
        var control = stackalloc byte[PacketInfo.MaxControl];
        fixed (byte* bytes = data, peer = address)
        {
            var block = new DataBlock { Start = bytes, Length = (nuint)data.Length };
            var message = new MessageHeader
            {
                Name = peer,
                NameLength = (uint)address.Length,
                Blocks = &block,
                BlockCount = 1,
                Control = control,
                ControlLength = (nuint)PacketInfo.Write(from, new Span<byte>(control, PacketInfo.MaxControl)),
            };
            while (Libc.SendMessage(Handle, &message, DontWait | NoSignal) < 0)
            {
                if (Marshal.GetLastPInvokeError() is var error && error != Errno.EINTR) return error;
            }

            return 0;
        }
    }

    // Raw: the runtime's own option of that name sets SO_REUSEADDR as well, which for UDP is another way to share.
    private static void ReusePort(Socket socket)
    {
        const int solSocket = 1, reusePort = 15;
        socket.SetRawSocketOption(solSocket, reusePort, [1, 0, 0, 0]);
    }

    private static DatagramSocket Bind(EndPoint address, bool dualStack, int? kernelBuffer, bool isShard = false)
    {
        if (address is UnixDomainSocketEndPoint unix)
        {
            return NativeUnixSocket.TryBind(unix, SocketType.Dgram, backlog: 0, out var errno) is { } bound
                ? new DatagramSocket(bound, address, kernelBuffer, ownsFile: true)
                : throw ListenErrors.From(errno, address);
        }

        Socket? socket = null;
        try
        {
            socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            if (address.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = dualStack;
            PacketInfo.AskAtWildcard(socket.SafeHandle, address);
            if (isShard) ReusePort(socket);
            socket.Bind(address);
            return new DatagramSocket(socket, socket.LocalEndPoint!, kernelBuffer, ownsFile: false);
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw ListenErrors.From(e, address);
        }
    }
}
