using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>A listening socket of the system. It is only polled and accepted from, by one model.</summary>
internal sealed class SocketListener : Listener, IBoundSocket
{
    private readonly Socket _socket;
    private volatile UnixSocketFile? _file; // to remove in the end
    private ThreadWaiter? _waiter;
    private DescriptorWatch? _watch;
    private int _disposed;

    /// <summary>A listening socket that another process bound and shares with us. Its file, where it has one, is that process's to remove.</summary>
    /// <param name="descriptor">Bound, listening, non-blocking; owned from here on.</param>
    /// <param name="address">Where it listens.</param>
    internal SocketListener(DescriptorHandle descriptor, EndPoint address)
    {
        _socket = new Socket(new SafeSocketHandle(descriptor.Detach(), ownsHandle: true));
        LocalEndPoint = address;
    }

    private SocketListener(Socket socket, EndPoint address, bool ownsFile)
    {
        (_socket, LocalEndPoint) = (socket, address);
        _file = ownsFile ? UnixSocketFile.At(address) : null;
    }

    /// <inheritdoc/>
    public override EndPoint LocalEndPoint { get; }

    /// <summary>Called once when the listener closes.</summary>
    internal Action<SocketListener>? Ended { get; set; }

    internal Socket Socket => _socket;

    /// <summary>What is polled and accepted from.</summary>
    public SafeHandle Handle => _socket.SafeHandle;

    /// <inheritdoc/>
    public bool OwnsFile => _file is not null;

    internal AddressFamily Family => _socket.AddressFamily;

    internal bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <summary>Binds and listens.</summary>
    /// <param name="address">An IP address (port 0 takes a free one) or a Unix socket's path.</param>
    /// <param name="backlog">How many connections the kernel keeps until they are accepted (listen(2)).</param>
    /// <param name="dualStack">Whether an IPv6 socket takes IPv4 as well.</param>
    /// <exception cref="ConnectionException">In use, not permitted, not an address of this machine.</exception>
    internal static SocketListener Open(EndPoint address, int backlog, bool dualStack)
    {
        if (address is IPEndPoint { Address: var any } v6 && any.Equals(IPAddress.IPv6Any) && !Socket.OSSupportsIPv6)
            address = new IPEndPoint(IPAddress.Any, v6.Port);
        try
        {
            return Bind(address, backlog, dualStack);
        }
        catch (ConnectionException e) when (e.Error == ConnectionError.AddressInUse && UnixSocketFile.TryRemoveStale(address))
        {
            return Bind(address, backlog, dualStack);
        }
    }

    /// <summary>A listener that somebody else bound.</summary>
    internal static SocketListener Adopt(InheritedSocket inherited) =>
        new(inherited.TakeFor(SocketType.Stream), inherited.LocalEndPoint, inherited.OwnsFile);

    /// <summary>Sets SO_OOBINLINE, which accepted connections inherit, in worker processes too. Unix sockets ignore it.</summary>
    internal void KeepUrgentBytes()
    {
        if (Family != AddressFamily.Unix) _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.OutOfBandInline, true);
    }

    /// <inheritdoc/>
    public void LeaveFile() => _file = null;

    /// <summary>Lets the closing wake a thread that waits to accept; null when it has stopped waiting.</summary>
    internal void SetWaiter(ThreadWaiter? waiter)
    {
        Volatile.Write(ref _waiter, waiter);
        Interlocked.MemoryBarrier(); // whoever closes from here on sees the waiter, or we see the close
    }

    /// <summary>
    /// The watch that waits for it on a loop. It has a descriptor of its own: closing the runtime's Socket waits until nobody holds
    /// its handle any more, and a loop's thread cannot wait for itself.
    /// </summary>
    /// <exception cref="ConnectionException">It is closed, or no descriptors are left.</exception>
    internal DescriptorWatch WatchOn(EventLoop loop)
    {
        if (_watch is { IsClosed: false } watch) return watch;
        var descriptor = TryUse(static handle => NativeSocket.Duplicate(handle));
        if (descriptor < 0) throw ConnectionErrors.FromErrno(-descriptor, $"Accepting on {LocalEndPoint}");
        _watch = new DescriptorWatch(loop, new DescriptorHandle(descriptor), ownsDescriptor: true);
        Interlocked.MemoryBarrier(); // whoever closes from here on sees the watch, or we see the close
        if (IsDisposed) _watch.Close();
        return _watch;
    }

    /// <summary>Accepts without waiting: a descriptor, or a negative errno; EBADF once it is closed.</summary>
    internal int TryAccept(out EndPoint? peer)
    {
        EndPoint? from = null;
        var descriptor = TryUse(handle => NativeSocket.Accept(handle, Family, out from));
        peer = from;
        return descriptor;
    }

    private int TryUse(Func<SafeHandle, int> call)
    {
        try
        {
            return IsDisposed ? -Errno.EBADF : call(Handle);
        }
        catch (ObjectDisposedException)
        {
            return -Errno.EBADF;
        }
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    internal void Close()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _file?.Remove();
        Volatile.Read(ref _waiter)?.Wake(); // before the dispose, which waits until nobody holds the handle
        Volatile.Read(ref _watch)?.Close();
        _socket.Dispose();
        Ended?.Invoke(this);
    }

    private static SocketListener Bind(EndPoint address, int backlog, bool dualStack)
    {
        if (address is UnixDomainSocketEndPoint unix && OperatingSystem.IsLinux()) return Bind(unix, backlog);
        Socket? socket = null;
        try
        {
            var protocol = address.AddressFamily == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp;
            socket = new Socket(address.AddressFamily, SocketType.Stream, protocol);
            if (address.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = dualStack;
            AllowRestart(socket);
            socket.Bind(address);
            socket.Listen(backlog);
            if (OperatingSystem.IsLinux()) NativeSocket.SetNonBlocking(socket.SafeHandle);
            return new SocketListener(socket, address is UnixDomainSocketEndPoint ? address : socket.LocalEndPoint!, ownsFile: true);
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw ListenErrors.From(e, address);
        }
    }

    private static SocketListener Bind(UnixDomainSocketEndPoint address, int backlog)
    {
        var socket = NativeUnixSocket.TryBind(address, SocketType.Stream, backlog, out var errno) ?? throw ListenErrors.From(errno, address);
        NativeSocket.SetNonBlocking(socket.SafeHandle);
        return new SocketListener(socket, address, ownsFile: true);
    }

    /// <summary>
    /// SO_REUSEADDR, as a raw option, lets a restarted server bind while old connections are in TIME_WAIT. The runtime's
    /// ReuseAddress would add SO_REUSEPORT, with which two servers share a port and neither notices.
    /// </summary>
    private static void AllowRestart(Socket socket)
    {
        const int solSocket = 1, soReuseAddress = 2;
        if (OperatingSystem.IsLinux()) socket.SetRawSocketOption(solSocket, soReuseAddress, BitConverter.GetBytes(1));
        else if (OperatingSystem.IsWindows()) socket.ExclusiveAddressUse = true;
    }
}
