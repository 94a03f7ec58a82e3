using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Argosy.Server;

/// <summary>The server's log: one line per event on standard error.</summary>
public static class ServerLog
{
    /// <summary>A log of warnings and the server's own life; <paramref name="verbose"/> adds every session and transfer. Dispose to flush.</summary>
    public static ILoggerFactory Create(bool verbose)
    {
        // A line leaves in one write(2), so that the lines of several processes that share standard error stay whole (pipe(7), PIPE_BUF).
        StandardStreams.Install(LineFormatter.MostBytes);
        return LoggerFactory.Create(builder => Configure(builder, verbose));
    }

    private static void Configure(ILoggingBuilder builder, bool verbose) => builder
        .SetMinimumLevel(verbose ? LogLevel.Debug : LogLevel.Warning)
        .AddFilter(typeof(ServerLog).Namespace, verbose ? LogLevel.Debug : LogLevel.Information)
        .AddConsole(console =>
        {
            console.FormatterName = LineFormatter.FormatterName;
            console.LogToStandardErrorThreshold = LogLevel.Trace;
        })
        .AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
}
