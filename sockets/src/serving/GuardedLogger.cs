using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Argosy.Sockets;

/// <summary>
/// The program's log as this room calls it: from accept loops, reactors and the threads of workers, where an exception would end the process.
/// What a log throws (a full disk, a disposed provider) costs its line and nothing else.
/// </summary>
internal sealed class GuardedLogger : ILogger
{
    private readonly ILogger _log;

    private GuardedLogger(ILogger log) => _log = log;

    /// <summary>A log that never throws; where there is none, one that keeps nothing.</summary>
    internal static ILogger Of(ILogger? log) => log switch
    {
        null or NullLogger => NullLogger.Instance,
        GuardedLogger guarded => guarded,
        _ => new GuardedLogger(log),
    };

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        try
        {
            return _log.BeginScope(state);
        }
        catch (Exception)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return _log.IsEnabled(logLevel);
        }
        catch (Exception)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            _log.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception)
        {
            // There is nowhere to tell it.
        }
    }
}
