using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Argosy.Server;

/// <summary>
/// The server's log: one line per event on standard error, by <see cref="Console.Error"/> as the program has set it. One that writes at once what it is
/// given keeps the lines of several processes whole (pipe(7), PIPE_BUF).
/// </summary>
public static class ServerLog
{
    /// <summary>A log of warnings and the server's own life; <paramref name="verbose"/> adds every session and transfer. Dispose to flush.</summary>
    public static ILoggerFactory Create(bool verbose) => LoggerFactory.Create(builder => Configure(builder, verbose));

    private static void Configure(ILoggingBuilder builder, bool verbose) => builder
        .SetMinimumLevel(verbose ? LogLevel.Debug : LogLevel.Warning)
        .AddFilter(typeof(ServerLog).Namespace, verbose ? LogLevel.Debug : LogLevel.Information)
        .AddConsole(console =>
        {
            console.FormatterName = LineFormatter.FormatterName;
            console.LogToStandardErrorThreshold = LogLevel.Trace;
        })
        .Services.AddSingleton<ConsoleFormatter, LineFormatter>(); // It has no options that would be bound by reflection.
}
