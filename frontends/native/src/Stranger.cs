using System.Net;
using Argosy.Sockets;

namespace Argosy.Native;

/// <summary>A connection that has not logged in, and its place among those. They have a cap of their own, so that they cannot use up everybody's.</summary>
internal sealed class Stranger(Strangers all, IConnection connection, IDisposable? place)
{
    private readonly long _came = Environment.TickCount64;

    /// <summary>False where there are too many.</summary>
    public bool IsAdmitted => place is not null;

    /// <summary>Where it comes from; null for a local socket.</summary>
    public IPAddress? Address { get; } = (connection.RemoteEndPoint as IPEndPoint)?.Address;

    /// <summary>True once it has said something that can be answered.</summary>
    public bool IsHeard { get; private set; }

    /// <summary>Its place in the order of their coming.</summary>
    public LinkedListNode<Stranger>? Node { get; set; }

    /// <summary>How long it has been here, in milliseconds.</summary>
    public long Age => Environment.TickCount64 - _came;

    /// <summary>It has made a request: from here on it keeps its place.</summary>
    public void Hear() => IsHeard = true;

    /// <summary>Others need its place.</summary>
    public void GiveWay()
    {
        connection.Abort();
        Forget();
    }

    /// <summary>It has logged in, or gone: the place is free. A second call changes nothing.</summary>
    public void Forget()
    {
        all.Remove(this);
        place?.Dispose();
    }
}
