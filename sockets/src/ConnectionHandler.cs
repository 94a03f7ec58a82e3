namespace Argosy.Sockets;

/// <summary>
/// What a server does with one connection. A new instance serves each connection, so fields are that
/// connection's state. The same class runs unchanged under every concurrency model.
/// </summary>
/// <remarks>
/// Await only the context's and the connection's operations for as long as possible: they stay where the model runs handlers. A
/// foreign await (a delay, a task) also resumes there. Never use <c>ConfigureAwait(false)</c> in a handler.
/// </remarks>
public abstract class ConnectionHandler
{
    /// <summary>The connection and what the model offers around it. Set before <see cref="SetupAsync"/>.</summary>
    public HandlerContext Context { get; internal set; } = null!;

    /// <summary>The connection being served.</summary>
    public IConnection Connection => Context.Connection;

    /// <summary>Runs first. When it throws, <see cref="HandleAsync"/> does not run; <see cref="FinishAsync"/> does.</summary>
    public virtual ValueTask SetupAsync() => ValueTask.CompletedTask;

    /// <summary>Serves the connection. When it returns, the connection is closed in good order; when it throws, the
    /// error goes to the server's <c>OnError</c> and the connection alone ends.</summary>
    public abstract ValueTask HandleAsync();

    /// <summary>Runs last, whatever happened before.</summary>
    public virtual ValueTask FinishAsync() => ValueTask.CompletedTask;
}
