using Microsoft.Extensions.Logging;

namespace Argosy.Sockets;

/// <summary>The messages of a server's life.</summary>
internal static partial class Log
{
    [LoggerMessage(30, LogLevel.Information, "Offering {Count} listening sockets to process {Successor}.")]
    internal static partial void HandingOver(ILogger logger, int count, int successor);

    [LoggerMessage(31, LogLevel.Information, "Process {Successor} serves now; nothing new is taken here.")]
    internal static partial void HandedOver(ILogger logger, int successor);

    [LoggerMessage(32, LogLevel.Warning, "Process {Successor} took the listening sockets but did not get to serve them; this one goes on.")]
    internal static partial void SuccessorFailed(ILogger logger, int successor);

    [LoggerMessage(33, LogLevel.Warning, "Process {Successor} of user {User} asked for the listening sockets and was refused.")]
    internal static partial void HandOverRefused(ILogger logger, int successor, uint user);

    [LoggerMessage(34, LogLevel.Error, "Handing over the listening sockets failed; this process goes on.")]
    internal static partial void HandOverFails(ILogger logger, Exception error);

    [LoggerMessage(35, LogLevel.Error, "A service action failed; the server goes on.")]
    internal static partial void ServiceActionFailed(ILogger logger, Exception error);

    [LoggerMessage(36, LogLevel.Information, "{Signal}: stopping; what is under way may go on for {Drain}. A second signal ends it at once.")]
    internal static partial void StopSignal(ILogger logger, string signal, TimeSpan drain);

    [LoggerMessage(37, LogLevel.Warning, "{Signal} again: aborting what is under way.")]
    internal static partial void AbortSignal(ILogger logger, string signal);

    [LoggerMessage(38, LogLevel.Error, "Reloading failed; what was in force stays.")]
    internal static partial void ReloadFailed(ILogger logger, Exception error);

    [LoggerMessage(39, LogLevel.Information, "Reloaded.")]
    internal static partial void Reloaded(ILogger logger);
}
