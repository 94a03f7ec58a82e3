using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>A socket that a server is bound to, as its successor sees it.</summary>
internal interface IBoundSocket
{
    SafeHandle Handle { get; }

    /// <summary>True where closing removes a Unix socket's file.</summary>
    bool OwnsFile { get; }

    /// <summary>The file now belongs to somebody else: closing leaves it.</summary>
    void LeaveFile();
}
