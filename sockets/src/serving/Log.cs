using System.Net;
using Microsoft.Extensions.Logging;

namespace Argosy.Sockets;

/// <summary>Every message of this room.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Listening on {Address}, model {Model}.")]
    internal static partial void Listening(ILogger logger, EndPoint address, string model);

    [LoggerMessage(2, LogLevel.Warning, "Refused a connection from {Peer}: {Reason}, {Detail} ({Count} so far).")]
    internal static partial void Refused(ILogger logger, EndPoint? peer, RefusalReason reason, string detail, long count);

    [LoggerMessage(3, LogLevel.Error, "A handler failed on the connection from {Peer}.")]
    internal static partial void HandlerFailed(ILogger logger, EndPoint? peer, Exception error);

    [LoggerMessage(4, LogLevel.Debug, "The connection from {Peer} broke: {Error}.")]
    internal static partial void ConnectionBroke(ILogger logger, EndPoint? peer, ConnectionError error);

    [LoggerMessage(5, LogLevel.Error,
        "Accepting on {Address} fails: {Error}. Trying again; when descriptors are short, raise the limit (ulimit -n, LimitNOFILE=).")]
    internal static partial void AcceptFails(ILogger logger, EndPoint address, ConnectionError error);

    [LoggerMessage(6, LogLevel.Warning, "Stopping: {Count} connections did not finish in time and are aborted.")]
    internal static partial void Aborting(ILogger logger, int count);

    [LoggerMessage(7, LogLevel.Error, "Stopping: {Count} handlers ignore that their connections are gone; they are left behind.")]
    internal static partial void LeftBehind(ILogger logger, int count);

    [LoggerMessage(8, LogLevel.Error, "The OnError callback itself failed.")]
    internal static partial void OnErrorFailed(ILogger logger, Exception error);

    [LoggerMessage(10, LogLevel.Error, "The limits of connections fail: a place was refused, or is not given back before this process ends.")]
    internal static partial void LimitsFail(ILogger logger, Exception error);

    [LoggerMessage(9, LogLevel.Error, "What a handler had registered for the stop (Stopping) failed; the server stops all the same.")]
    internal static partial void StoppingCallbackFailed(ILogger logger, Exception error);
}
