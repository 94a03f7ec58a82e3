using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>One registration, as Python's SelectorKey.</summary>
public sealed record SelectorKey
{
    internal SelectorKey(SafeHandle source, Socket? socket, int descriptor, ulong tag, SelectorEvents events, object? data) =>
        (Source, Socket, Descriptor, Tag, Events, Data) = (source, socket, descriptor, tag, events, data);

    /// <summary>What was registered; a socket's <c>SafeHandle</c> where a socket was (fileobj).</summary>
    public SafeHandle Source { get; }

    /// <summary>The socket that was registered, null where a handle was. Close a socket by this: disposing its <see cref="Source"/> instead
    /// makes the runtime reset the connection.</summary>
    public Socket? Socket { get; }

    /// <summary>Its number (fd), kept also when the source has been closed meanwhile.</summary>
    public int Descriptor { get; }

    /// <summary>What it is watched for.</summary>
    public SelectorEvents Events { get; }

    /// <summary>Whatever the caller wants to find again with it: a callback, a session, a name.</summary>
    public object? Data { get; }

    /// <summary>Tells this registration from every other, also from later ones of the same number.</summary>
    internal ulong Tag { get; }
}
