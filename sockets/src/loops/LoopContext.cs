namespace Argosy.Sockets;

/// <summary>
/// Brings a handler that awaits something foreign (a delay, a task) back to its loop. What is posted after the loop has ended runs
/// on the thread pool: it outlived its handler.
/// </summary>
internal sealed class LoopContext(EventLoop loop) : SynchronizationContext
{
    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state) => loop.Post(d, state);

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("A loop takes work by Post only: waiting for it could be waiting for oneself.");

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;
}
