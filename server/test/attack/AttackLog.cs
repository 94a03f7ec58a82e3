using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Argosy.Server.Tests.Attack;

/// <summary>What an operator sees by default: the server's own life, warnings and errors.</summary>
internal sealed class AttackLog : ILoggerFactory
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyList<string> Lines => [.. _lines];

    public ILogger CreateLogger(string categoryName) =>
        new Category(_lines, categoryName.StartsWith("Argosy.Server.", StringComparison.Ordinal) ? LogLevel.Information : LogLevel.Warning);

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    private sealed class Category(ConcurrentQueue<string> lines, LogLevel least) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) lines.Enqueue($"{logLevel} {formatter(state, exception)}{(exception is null ? "" : " " + exception)}");
        }
    }
}
