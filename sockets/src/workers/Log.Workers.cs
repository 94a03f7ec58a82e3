using Microsoft.Extensions.Logging;

namespace Argosy.Sockets;

/// <summary>The messages of worker processes.</summary>
internal static partial class Log
{
    [LoggerMessage(50, LogLevel.Error, "A worker process cannot be started: {Reason} Trying again in {Pause}.")]
    internal static partial void WorkerStartFails(ILogger logger, string reason, TimeSpan pause);

    [LoggerMessage(51, LogLevel.Error, "{Reason} Another takes its place.")]
    internal static partial void WorkerDied(ILogger logger, string reason);
}
