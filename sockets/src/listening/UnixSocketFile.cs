using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets;

/// <summary>
/// The file that a Unix socket leaves in the file system (unix(7)): nothing removes it when its process dies. It is known by its number and not
/// by its path alone, at which a successor may long have made its own.
/// </summary>
internal sealed class UnixSocketFile
{
    private readonly string _path;
    private readonly (ulong Device, ulong Inode) _identity;
    private int _isRemoved;

    private UnixSocketFile(string path, (ulong Device, ulong Inode) identity) => (_path, _identity) = (path, identity);

    /// <summary>The file that is at the address now; null where there is none, as for abstract names and IP addresses.</summary>
    internal static UnixSocketFile? At(EndPoint address) =>
        OperatingSystem.IsLinux() && PathOf(address) is { } path && NativeFile.Identity(path) is { } identity ? new UnixSocketFile(path, identity) : null;

    /// <summary>
    /// Removes this file, once. To be called while the socket is still open: only until then no other file can have its number. Never throws: who
    /// has given up the right to remove it leaves it behind.
    /// </summary>
    internal void Remove()
    {
        if (Interlocked.Exchange(ref _isRemoved, 1) != 0 || NativeFile.Identity(_path) != _identity) return;
        try
        {
            File.Delete(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next server finds it stale and replaces it.
        }
    }

    /// <summary>Removes the file of a socket on which nobody listens any more. Never removes what is no socket, and never waits.</summary>
    internal static bool TryRemoveStale(EndPoint address, SocketType type = SocketType.Stream)
    {
        if (At(address) is not { } file) return false;
        using var probe = new Socket(AddressFamily.Unix, type, ProtocolType.Unspecified) { Blocking = false }; // its owner may be stopped, its backlog full
        try
        {
            probe.Connect(address);
            return false;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused && IsSocket(file._path))
        {
            file.Remove();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string? PathOf(EndPoint address) =>
        address is UnixDomainSocketEndPoint && address.ToString() is { Length: > 0 } path && path[0] is not ('@' or '\0') ? path : null;

    // connect(2) refuses regular files with ECONNREFUSED too, and those are somebody's data.
    private static bool IsSocket(string path)
    {
        const ushort typeMask = 0xF000, socketType = 0xC000; // S_IFMT, S_IFSOCK (inode(7))
        return (NativeFile.Mode(path) & typeMask) == socketType;
    }
}
