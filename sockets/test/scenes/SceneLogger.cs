using Microsoft.Extensions.Logging;

namespace Argosy.Sockets.Tests;

/// <summary>Tells a scene what is logged.</summary>
internal sealed class SceneLogger(Scene scene) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        scene.Log(formatter(state, exception));
}
