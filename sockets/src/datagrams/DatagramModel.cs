namespace Argosy.Sockets;

/// <summary>
/// The seam: how a concurrency model serves datagrams. It runs a loop that calls <see cref="DatagramDispatcher.ReceiveFrom"/> whenever a socket is
/// readable, and <see cref="DatagramDispatcher.WorkAsync"/> as often as there are to be workers, wherever it runs handlers.
/// </summary>
/// <param name="Start">Begins both on bound sockets.</param>
internal sealed record DatagramModel(Func<DatagramDispatcher, IReadOnlyList<DatagramSocket>, IDatagramReceiver> Start)
{
    /// <summary>Where handlers run and how many at once, in one line.</summary>
    internal required string Capacity { get; init; }

    /// <summary>How many workers there are where the options name no number.</summary>
    internal required int DefaultWorkers { get; init; }

    /// <summary>How many workers there can be, whatever the options say.</summary>
    internal int MaxWorkers { get; init; } = int.MaxValue;

    internal int WorkersFor(DatagramServerOptions options) => Math.Clamp(options.Workers ?? DefaultWorkers, 1, MaxWorkers);
}
