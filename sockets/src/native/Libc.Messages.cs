using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>The system calls that carry control messages beside the bytes.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Library, EntryPoint = "recvmsg", SetLastError = true)]
    internal static partial nint ReceiveMessage(SafeHandle socket, MessageHeader* message, int flags);

    [LibraryImport(Library, EntryPoint = "sendmsg", SetLastError = true)]
    internal static partial nint SendMessage(SafeHandle socket, MessageHeader* message, int flags);
}

/// <summary>struct msghdr of sendmsg(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    internal byte* Name;
    internal uint NameLength;
    internal DataBlock* Blocks;
    internal nuint BlockCount;
    internal byte* Control;
    internal nuint ControlLength;
    internal int Flags;
}

/// <summary>struct iovec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct DataBlock
{
    internal byte* Start;
    internal nuint Length;
}
