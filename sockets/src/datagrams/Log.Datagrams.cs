using System.Net;
using Microsoft.Extensions.Logging;

namespace Argosy.Sockets;

/// <summary>The messages of datagram servers.</summary>
internal static partial class Log
{
    [LoggerMessage(20, LogLevel.Error, "A handler failed on a datagram from {Peer}.")]
    internal static partial void DatagramHandlerFailed(ILogger logger, EndPoint? peer, Exception error);

    [LoggerMessage(21, LogLevel.Warning, "Dropped datagrams on {Address}: {Count} so far. Handlers are too slow; add workers or queue capacity.")]
    internal static partial void Dropped(ILogger logger, EndPoint address, long count);

    [LoggerMessage(22, LogLevel.Error, "Receiving on {Address} fails: {Error}. Trying again.")]
    internal static partial void ReceiveFails(ILogger logger, EndPoint address, ConnectionError error);

    [LoggerMessage(23, LogLevel.Warning, "Stopping: handlers of datagrams did not finish in time; what is queued is dropped.")]
    internal static partial void DatagramsLeftBehind(ILogger logger);
}
