using System.Net;

namespace Argosy.Sockets;

/// <summary>Where a <see cref="DatagramServer"/> receives, under which model, and how much it keeps.</summary>
public sealed record DatagramServerOptions
{
    /// <summary>Where to receive: IP addresses for UDP (port 0 takes a free one; <c>[::]</c> takes IPv4 as well) and Unix sockets' paths.</summary>
    public required IReadOnlyList<EndPoint> ListenOn { get; init; }

    /// <summary>
    /// Sockets that are bound already: what a service manager or the process before this one gave. They are served beside
    /// <see cref="ListenOn"/>; an address there that one of them has is not bound again, so that the same options do for both ways to start.
    /// </summary>
    public IReadOnlyList<InheritedSocket> Inherited { get; init; } = [];

    /// <summary>How handlers are run. Not every model serves datagrams; see <see cref="ConcurrencyModel.ServesDatagrams"/>.</summary>
    public ConcurrencyModel Model { get; init; } = ConcurrencyModels.Default;

    /// <summary>How many datagrams are handled at once. Null: what the model considers sensible.</summary>
    public int? Workers { get; init; }

    /// <summary>How many received datagrams may wait for a worker; those that come when it is full are dropped and counted.</summary>
    public int QueueCapacity { get; init; } = 1024;

    /// <summary>The longest datagram in bytes. Of a longer one the rest is lost, and <see cref="DatagramContext.IsTruncated"/> says so. One buffer of
    /// this size is held for each receiving loop; a waiting datagram takes what it needs.</summary>
    public int MaxDatagram { get; init; } = 65_535;
}
