using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Argosy.Bench;

/// <summary>Non-blocking IPv4 sockets and one epoll(7) instance, by number: <c>tag</c> is the index of the load's connection.</summary>
internal sealed unsafe class LoadSockets : IDisposable
{
    public const uint Readable = 0x1; // EPOLLIN
    public const uint Writable = 0x4; // EPOLLOUT

    private const int AtOnce = 512;
    private const int InterNetwork = 2; // AF_INET
    private const int StreamNonBlockCloseOnExec = 1 | 0x800 | 0x80000; // SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC
    private const int NoSignal = 0x4000; // MSG_NOSIGNAL
    private const uint Loopback = 127u << 24;

    // struct epoll_event is packed on x86-64, and naturally aligned everywhere else.
    private static readonly int TagOffset = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 4 : 8;
    private static readonly int EntrySize = TagOffset + sizeof(ulong);

    private readonly int _epoll = Libc.EpollCreate(0x80000); // EPOLL_CLOEXEC
    private readonly byte[] _entries = GC.AllocateArray<byte>(AtOnce * EntrySize, pinned: true);
    private readonly byte[] _scratch = GC.AllocateArray<byte>(256 * 1024, pinned: true);
    private readonly Ipv4Address _target;
    private readonly bool _isLoopback;
    private uint _sources;

    public LoadSockets(IPEndPoint target)
    {
        var address = BitConverter.ToUInt32(target.Address.GetAddressBytes());
        _target = new Ipv4Address { Family = InterNetwork, Port = (ushort)IPAddress.HostToNetworkOrder((short)target.Port), Address = address };
        _isLoopback = IPAddress.IsLoopback(target.Address);
    }

    /// <summary>Begins to connect. Sources rotate over 127/8, so that ports waiting in TIME_WAIT never run out.</summary>
    public int Connect()
    {
        const int tcp = 6, noDelay = 1, ip = 0, bindAddressNoPort = 24;
        var on = 1;
        var socket = Libc.Socket(InterNetwork, StreamNonBlockCloseOnExec, 0);
        if (socket < 0) throw Failure("socket");
        _ = Libc.SetSocketOption(socket, tcp, noDelay, &on, sizeof(int));
        if (_isLoopback)
        {
            var source = _sources++;
            _ = Libc.SetSocketOption(socket, ip, bindAddressNoPort, &on, sizeof(int));
            var from = new Ipv4Address { Family = InterNetwork, Address = NetworkOrder(Loopback | (1 + source % 50) << 8 | (1 + source % 250)) };
            if (Libc.Bind(socket, &from, sizeof(Ipv4Address)) < 0) throw Failure("bind");
        }

        var to = _target;
        if (Libc.Connect(socket, &to, sizeof(Ipv4Address)) < 0 && Marshal.GetLastPInvokeError() != Libc.Einprogress) throw Failure("connect");
        return socket;
    }

    public void Watch(int socket, uint events, int tag) => Control(1, socket, events, tag); // EPOLL_CTL_ADD

    public void Change(int socket, uint events, int tag) => Control(3, socket, events, tag); // EPOLL_CTL_MOD

    /// <summary>Waits and returns how many are ready; <see cref="Ready"/> tells which.</summary>
    public int Wait(int milliseconds) => Math.Max(0, Libc.EpollWait(_epoll, Start(_entries), AtOnce, milliseconds));

    /// <summary>The i-th that is ready.</summary>
    public (int Tag, uint Events) Ready(int i)
    {
        var entry = Start(_entries) + i * EntrySize;
        return ((int)Unsafe.ReadUnaligned<ulong>(entry + TagOffset), *(uint*)entry);
    }

    /// <summary>Sends; false where the socket takes nothing now.</summary>
    public bool TrySend(int socket, ReadOnlySpan<byte> data)
    {
        fixed (byte* start = data)
        {
            if (Libc.Send(socket, start, (nuint)data.Length, NoSignal) >= 0) return true;
            return Marshal.GetLastPInvokeError() == Libc.Eagain ? false : throw Failure("send");
        }
    }

    /// <summary>Receives and forgets: the count, 0 at the end, -1 where there is nothing now.</summary>
    public long Receive(int socket, int most)
    {
        var count = Libc.Receive(socket, Start(_scratch), (nuint)Math.Min(most, _scratch.Length), 0);
        return count >= 0 || Marshal.GetLastPInvokeError() == Libc.Eagain ? count : throw Failure("the server broke a connection");
    }

    public void Close(int socket) => _ = Libc.Close(socket);

    /// <inheritdoc/>
    public void Dispose() => _ = Libc.Close(_epoll);

    // Both arrays are pinned for life.
    private static byte* Start(byte[] pinned) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));

    private static uint NetworkOrder(uint address) => (uint)IPAddress.HostToNetworkOrder((int)address);

    private static BenchException Failure(string what) =>
        new($"{what}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    private void Control(int operation, int socket, uint events, int tag)
    {
        var entry = stackalloc byte[EntrySize];
        *(uint*)entry = events;
        Unsafe.WriteUnaligned(entry + TagOffset, (ulong)(uint)tag);
        if (Libc.EpollControl(_epoll, operation, socket, entry) < 0) throw Failure("epoll_ctl");
    }
}
