using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>The system calls this room makes itself. Linux; the callers translate results and errors.</summary>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    internal static partial int Socket(int family, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "connect", SetLastError = true)]
    internal static partial int Connect(SafeHandle socket, byte* address, int length);

    [LibraryImport(Library, EntryPoint = "accept4", SetLastError = true)]
    internal static partial int Accept(SafeHandle listener, byte* address, int* length, int flags);

    [LibraryImport(Library, EntryPoint = "recv", SetLastError = true)]
    internal static partial nint Receive(SafeHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "send", SetLastError = true)]
    internal static partial nint Send(SafeHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "sendfile", SetLastError = true)]
    internal static partial nint SendFile(SafeHandle socket, SafeHandle file, long* offset, nuint count);

    [LibraryImport(Library, EntryPoint = "splice", SetLastError = true)]
    internal static partial nint Splice(
        SafeHandle from, long* fromOffset, SafeHandle to, long* toOffset, nuint count, uint flags);

    [LibraryImport(Library, EntryPoint = "shutdown", SetLastError = true)]
    internal static partial int Shutdown(SafeHandle socket, int how);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    internal static partial int SetSocketOption(SafeHandle socket, int level, int name, void* value, int length);

    [LibraryImport(Library, EntryPoint = "getsockopt", SetLastError = true)]
    internal static partial int GetSocketOption(SafeHandle socket, int level, int name, void* value, int* length);

    [LibraryImport(Library, EntryPoint = "getsockname", SetLastError = true)]
    internal static partial int GetSocketName(SafeHandle socket, byte* address, int* length);

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    internal static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport(Library, EntryPoint = "select", SetLastError = true)]
    internal static partial int Select(int count, ulong* read, ulong* write, ulong* except, TimeValue* limit);

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    internal static partial int EpollCreate(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    internal static partial int EpollControl(SafeHandle epoll, int operation, int descriptor, byte* entry);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    internal static partial int EpollWait(SafeHandle epoll, byte* entries, int count, int milliseconds);

    [LibraryImport(Library, EntryPoint = "getrlimit", SetLastError = true)]
    internal static partial int GetLimit(int resource, out ResourceLimit limit);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    internal static partial int EventDescriptor(uint value, int flags);

    [LibraryImport(Library, EntryPoint = "pipe2", SetLastError = true)]
    internal static partial int Pipe(int* ends, int flags);

    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int Control(SafeHandle descriptor, int command, int argument);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(SafeHandle descriptor, byte* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(SafeHandle descriptor, byte* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Status(int folder, string path, int flags, uint mask, byte* status);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int descriptor);
}

/// <summary>One row of poll(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollEntry
{
    internal int Descriptor;
    internal PollEvents Asked;
    internal PollEvents Ready;
}

/// <summary>struct rlimit of getrlimit(2).</summary>
internal record struct ResourceLimit(ulong Soft, ulong Hard);

/// <summary>struct timeval of select(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeValue
{
    internal nint Seconds;
    internal nint Microseconds;
}

/// <summary>
/// The events of poll(2), whose numbers epoll(7) shares. Error, HangUp and NotOpen are reported unasked.
/// </summary>
[Flags]
internal enum PollEvents : short
{
    None = 0,
    Read = 0x1,
    Write = 0x4,
    Error = 0x8,
    HangUp = 0x10,
    NotOpen = 0x20,
    PeerFinished = 0x2000,
}
