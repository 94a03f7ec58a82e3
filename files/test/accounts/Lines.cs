using Microsoft.Extensions.Logging;

namespace Argosy.Files.Tests;

/// <summary>A log that keeps its lines and can be waited on.</summary>
public sealed class Lines<T> : ILogger<T>
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly List<(Func<string, bool> Which, TaskCompletionSource<string> Seen)> _waiting = [];

    public IReadOnlyList<string> Written
    {
        get
        {
            lock (_gate) return [.. _lines];
        }
    }

    /// <summary>The first such line, when it is there.</summary>
    public Task<string> SeenAsync(Func<string, bool> which)
    {
        lock (_gate)
        {
            if (_lines.Find(line => which(line)) is { } line) return Task.FromResult(line);

            var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((which, seen));
            return seen.Task.WaitAsync(TimeSpan.FromSeconds(10));
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = $"{logLevel} {formatter(state, exception)} {exception}";
        lock (_gate)
        {
            _lines.Add(line);
            foreach (var waiting in _waiting.Where(each => each.Which(line))) waiting.Seen.TrySetResult(line);
        }
    }
}
