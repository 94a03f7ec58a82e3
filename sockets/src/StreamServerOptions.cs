using System.Net;

namespace Argosy.Sockets;

/// <summary>How a <see cref="StreamServer"/> listens, under which model, and what it refuses.</summary>
public sealed record StreamServerOptions
{
    /// <summary>
    /// Where to listen: IP addresses (port 0 takes a free one; <c>[::]</c> takes IPv4 as well unless 0.0.0.0 with the same port is
    /// listed too) and Unix sockets' paths.
    /// </summary>
    public required IReadOnlyList<EndPoint> ListenOn { get; init; }

    /// <summary>
    /// Sockets that are bound already: what a service manager or the process before this one gave. They are served beside
    /// <see cref="ListenOn"/>; an address there that one of them has is not bound again, so that the same options do for both ways to start.
    /// </summary>
    public IReadOnlyList<InheritedSocket> Inherited { get; init; } = [];

    /// <summary>How handlers are run.</summary>
    public ConcurrencyModel Model { get; init; } = ConcurrencyModels.Default;

    /// <summary>How many connections the kernel keeps for us until they are accepted.</summary>
    public int Backlog { get; init; } = 512;

    /// <summary>
    /// Whether bytes that a TCP peer sends as urgent (MSG_OOB, as FTP clients do with the Telnet signal before ABOR: RFC 959 section 4.1.3) stay in
    /// their place in the stream (SO_OOBINLINE, socket(7)). False: the last of them is not in it, and whatever was meant by it is lost.
    /// </summary>
    public bool KeepsUrgentBytes { get; init; }

    /// <summary>The hard cap: connections above it are closed at once. Null: what the model considers sensible.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>The soft cap: above it <see cref="HandlerContext.IsOverloaded"/> is true, and the handler says so. Null: none.</summary>
    public int? BusyAbove { get; init; }

    /// <summary>The cap on connections from one IPv4 address or one IPv6 /64. Null: none.</summary>
    public int? MaxPerAddress { get; init; }

    /// <summary>
    /// Looks at a connection before it is served and returns why it is refused, or null. Runs where the model accepts: it must be
    /// quick and must not read or write.
    /// </summary>
    public Func<IConnection, string?>? Verify { get; init; }

    /// <summary>What the server does at intervals beside serving. Null: nothing.</summary>
    public ServiceActions? ServiceActions { get; init; }

    /// <summary>
    /// What a worker process knows this server by. Null: "server 1", "server 2", in the order in which the program starts servers of
    /// process models. Name them where that order is not the same in every run.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>How the models <c>process</c> and <c>prefork</c> start a worker; null: <see cref="WorkerCommand.Self"/>. Other models ignore it.</summary>
    public WorkerCommand? Worker { get; init; }

    /// <summary>How many worker processes <c>prefork</c> keeps; null: one per core. Other models ignore it.</summary>
    public int? Workers { get; init; }

    /// <summary>How many idle worker processes <c>process</c> keeps warm for the next clients; null: one per core, at least 2. Other models ignore it.</summary>
    public int? SpareWorkers { get; init; }
}
