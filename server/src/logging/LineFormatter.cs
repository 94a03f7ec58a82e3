using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Argosy.Server;

/// <summary>Time, level, message: <c>2026-05-01T10:00:00Z warning Login failed …</c>, always on one line.</summary>
internal sealed class LineFormatter() : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "line";

    /// <summary>A longer line is cut: up to this many bytes the kernel writes to a pipe in one piece (PIPE_BUF, pipe(7)).</summary>
    public const int MostBytes = 4096;

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        if (logEntry.Exception is { } error) message = $"{message}: {Describe(error, logEntry.LogLevel)}";
        var time = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        textWriter.Write(Cut($"{time} {Word(logEntry.LogLevel)} {OneLine(message)}") + "\n");
    }

    // Where an error's place in the code helps, it is one of ours; the rest is told by its message.
    private static string Describe(Exception error, LogLevel level) =>
        level >= LogLevel.Error ? error.ToString() : $"{error.GetType().Name}: {error.Message}";

    // Names come here escaped already; this holds even where somebody forgot.
    private static string OneLine(string message) =>
        message.Any(char.IsControl)
            ? string.Concat(message.Select(c => c == '\n' ? " | " : char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString()))
            : message;

    private static string Cut(string line)
    {
        const string Rest = " …";
        if (Encoding.UTF8.GetByteCount(line) < MostBytes) return line;
        var bytes = new byte[MostBytes - 1 - Encoding.UTF8.GetByteCount(Rest)];
        Encoding.UTF8.GetEncoder().Convert(line, bytes, flush: false, out _, out var used, out _);
        return Encoding.UTF8.GetString(bytes, 0, used) + Rest;
    }

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error or LogLevel.Critical => "error",
        _ => "debug",
    };
}
