using System.Net;

namespace Argosy.Sockets;

/// <summary>What a worker process was started for, as its parent described it over the channel.</summary>
public sealed record WorkerJob
{
    /// <summary>Which server of the program it works for: <see cref="StreamServerOptions.Name"/>, or "server 1", "server 2" in the order of starting.</summary>
    public required string Server { get; init; }

    /// <summary>The model that runs handlers in this worker: <c>process</c>, or the inner model of <c>prefork</c>.</summary>
    public required string Model { get; init; }

    /// <summary>What the parent gave in <see cref="WorkerCommand.Configuration"/>.</summary>
    public required ReadOnlyMemory<byte> Configuration { get; init; }

    /// <summary>The addresses that the server listens on, with real ports.</summary>
    public required IReadOnlyList<EndPoint> LocalEndPoints { get; init; }

    /// <summary>The parent's process id.</summary>
    public required int ParentId { get; init; }
}
