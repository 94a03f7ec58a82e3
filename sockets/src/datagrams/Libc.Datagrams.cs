using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>The system calls of datagrams.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Library, EntryPoint = "sendto", SetLastError = true)]
    internal static partial nint SendTo(SafeHandle socket, byte* data, nuint length, int flags, byte* address, int addressLength);
}
