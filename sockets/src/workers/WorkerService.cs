using Microsoft.Extensions.Logging;

namespace Argosy.Sockets;

/// <summary>What a worker process serves with, made from its <see cref="WorkerJob"/>.</summary>
/// <param name="Handlers">Makes the handler of a connection.</param>
public sealed record WorkerService(Func<ConnectionHandler> Handlers)
{
    /// <summary>
    /// As <see cref="StreamServerOptions.Verify"/>, for the workers of <c>prefork</c>, which accept themselves. Under <c>process</c> the parent
    /// accepts, and its own <see cref="StreamServerOptions.Verify"/> decides.
    /// </summary>
    public Func<IConnection, string?>? Verify { get; init; }

    /// <summary>The worker's log; null for none.</summary>
    public ILogger? Logger { get; init; }
}
