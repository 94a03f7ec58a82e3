using System.Runtime.InteropServices;

namespace Argosy.Bench;

/// <summary>The system calls of the load, on plain descriptor numbers: it must cost as little as it can. Linux.</summary>
internal static unsafe partial class Libc
{
    internal const int Eagain = 11;
    internal const int Einprogress = 115;

    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    internal static partial int Socket(int family, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    internal static partial int SetSocketOption(int socket, int level, int name, int* value, int length);

    [LibraryImport(Library, EntryPoint = "bind", SetLastError = true)]
    internal static partial int Bind(int socket, Ipv4Address* address, int length);

    [LibraryImport(Library, EntryPoint = "connect", SetLastError = true)]
    internal static partial int Connect(int socket, Ipv4Address* address, int length);

    [LibraryImport(Library, EntryPoint = "send", SetLastError = true)]
    internal static partial nint Send(int socket, byte* buffer, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "recv", SetLastError = true)]
    internal static partial nint Receive(int socket, byte* buffer, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    internal static partial int EpollCreate(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    internal static partial int EpollControl(int epoll, int operation, int descriptor, byte* entry);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    internal static partial int EpollWait(int epoll, byte* entries, int count, int milliseconds);

    [LibraryImport(Library, EntryPoint = "close")]
    internal static partial int Close(int descriptor);
}

/// <summary>struct sockaddr_in: port and address in network order.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Ipv4Address
{
    internal ushort Family;
    internal ushort Port;
    internal uint Address;
    internal ulong Padding;
}
