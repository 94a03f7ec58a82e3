using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets;

/// <summary>The file that a Unix socket leaves in the file system (unix(7)): nothing removes it when its process dies.</summary>
internal static class UnixSocketFile
{
    /// <summary>Removes the file of a socket on which nobody listens any more. Never removes what is no socket.</summary>
    internal static bool TryRemoveStale(EndPoint address, SocketType type = SocketType.Stream)
    {
        if (address is not UnixDomainSocketEndPoint || address.ToString() is not { Length: > 0 } path || path[0] is '@' or '\0')
            return false;
        using var probe = new Socket(AddressFamily.Unix, type, ProtocolType.Unspecified);
        try
        {
            probe.Connect(address);
            return false;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused && IsSocket(path))
        {
            Remove(path);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    internal static void Remove(string path)
    {
        if (path.Length > 0 && path[0] is not ('@' or '\0')) File.Delete(path);
    }

    // connect(2) refuses regular files with ECONNREFUSED too, and those are somebody's data.
    private static bool IsSocket(string path)
    {
        const ushort typeMask = 0xF000, socketType = 0xC000; // S_IFMT, S_IFSOCK (inode(7))
        return OperatingSystem.IsLinux() && (NativeFile.Mode(path) & typeMask) == socketType;
    }
}
