using Microsoft.Extensions.Logging;

namespace Argosy.Sockets;

/// <summary>What a worker process serves datagrams with, made from its <see cref="WorkerJob"/>.</summary>
/// <param name="Handle">Serves one datagram.</param>
public sealed record DatagramService(Func<DatagramContext, ValueTask> Handle)
{
    /// <summary>Serves with a class, a new instance for each datagram.</summary>
    public DatagramService(Func<DatagramHandler> handlers)
        : this(DatagramHandler.Each(handlers))
    {
    }

    /// <summary>The worker's log; null for none.</summary>
    public ILogger? Logger { get; init; }
}
