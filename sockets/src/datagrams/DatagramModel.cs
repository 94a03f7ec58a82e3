namespace Argosy.Sockets;

/// <summary>
/// The seam: how a concurrency model serves datagrams. It runs a loop that calls <see cref="DatagramDispatcher.ReceiveFrom"/> whenever a socket is
/// readable, and <see cref="DatagramDispatcher.WorkAsync"/> as often as there are to be workers, wherever it runs handlers.
/// </summary>
/// <param name="Start">Begins both on bound sockets.</param>
/// <param name="DefaultWorkers">How many workers there are where the options name no number.</param>
internal sealed record DatagramModel(
    Func<DatagramDispatcher, IReadOnlyList<DatagramSocket>, IDatagramReceiver> Start, int DefaultWorkers);
