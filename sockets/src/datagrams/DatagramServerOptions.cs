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

    /// <summary>How many datagrams are handled at once; under <c>iterative</c> always one, under <c>process</c> one in each of so many processes, under
    /// <c>prefork</c> so many in each process. Null: what the model considers sensible, see <see cref="ConcurrencyModel.DatagramCapacity"/>.</summary>
    public int? Workers { get; init; }

    /// <summary>How many worker processes <c>prefork</c> keeps, each with a socket and a queue of its own; null: one per core. Other models ignore it.</summary>
    public int? Processes { get; init; }

    /// <summary>How the models <c>process</c> and <c>prefork</c> start a worker; null: <see cref="WorkerCommand.Self"/>. Other models ignore it.</summary>
    public WorkerCommand? Worker { get; init; }

    /// <summary>
    /// What a worker process knows this server by. Null: "datagrams 1", "datagrams 2", in the order in which the program starts servers of
    /// process models. Name them where that order is not the same in every run.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>How many received datagrams may wait for a worker; those that come when it is full are dropped and counted.</summary>
    public int QueueCapacity { get; init; } = 1024;

    /// <summary>How many bytes of datagrams the kernel keeps until they are received (SO_RCVBUF of socket(7), bounded by net.core.rmem_max). Null: the
    /// system's default. What finds it full is lost, and seen in <see cref="DatagramCounters.LostInKernel"/>.</summary>
    public int? KernelBuffer { get; init; }

    /// <summary>The longest datagram in bytes. Of a longer one the rest is lost, and <see cref="DatagramContext.IsTruncated"/> says so. One buffer of
    /// this size is held for each receiving loop; a waiting datagram takes what it needs.</summary>
    public int MaxDatagram { get; init; } = 65_535;
}
