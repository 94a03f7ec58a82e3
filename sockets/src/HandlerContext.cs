using System.Net;
using Microsoft.Extensions.Logging;

namespace Argosy.Sockets;

/// <summary>
/// What a handler may do besides reading and writing its connection, under every model: connect out, accept on a
/// listener of its own, wait for whichever of several connections is readable, and run work that may block.
/// </summary>
public abstract class HandlerContext
{
    /// <summary>The accepted connection.</summary>
    public abstract IConnection Connection { get; }

    /// <summary>Fires when the server drains: finish what is under way, begin nothing new.</summary>
    public abstract CancellationToken Stopping { get; }

    /// <summary>True above the server's soft connection cap: say "busy" in the protocol's words and leave.</summary>
    public abstract bool IsOverloaded { get; }

    /// <summary>The server's log.</summary>
    public abstract ILogger Logger { get; }

    /// <summary>Opens a connection that runs under this handler's model.</summary>
    /// <exception cref="ConnectionException">Refused, unreachable, bad address.</exception>
    /// <exception cref="TimeoutException">The deadline has passed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public abstract ValueTask<IConnection> ConnectAsync(EndPoint address, Deadline deadline, CancellationToken cancellation = default);

    /// <summary>Opens a listener for <see cref="AcceptAsync"/>; dispose it to stop listening.</summary>
    public abstract Listener Listen(EndPoint address, int backlog = 16);

    /// <summary>Accepts one connection, which runs under this handler's model.</summary>
    /// <exception cref="TimeoutException">The deadline has passed and nobody is waiting; the listener stays usable.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the listener stays usable.</exception>
    /// <exception cref="ConnectionException">The listener is closed (<see cref="ConnectionError.Aborted"/>), or no descriptors are left.</exception>
    public abstract ValueTask<IConnection> AcceptAsync(Listener listener, Deadline deadline, CancellationToken cancellation = default);

    /// <summary>
    /// Waits until one of the connections can be read without waiting (data, end of stream, or an error to report;
    /// bytes already decrypted or pushed back count) and returns its index. Where several can, each gets its turn.
    /// </summary>
    /// <exception cref="TimeoutException">The deadline has passed and none can be read.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; no byte is lost.</exception>
    public abstract ValueTask<int> WaitAnyAsync(
        ReadOnlyMemory<IConnection> connections, Deadline deadline, CancellationToken cancellation = default);

    /// <summary>
    /// Runs work that may block: inline where the model's handlers may block, otherwise on a small pool of disk
    /// threads, and then resumes where the model runs its handlers.
    /// </summary>
    public abstract ValueTask<TResult> OffloadAsync<TState, TResult>(Func<TState, TResult> work, TState state);

    /// <summary>
    /// Runs a part of the handler that moves many bytes where its connections' operations complete at once, as a rule, and where blocking for a moment is allowed: in
    /// place under the blocking models, elsewhere on a bounded set of threads (lanes). So receiving, working on the bytes and writing them stay on one core.
    /// Everything means in the part what it means in the handler: deadlines, cancellation, abort, the context's operations; <see cref="OffloadAsync"/>
    /// runs in place. A part whose connection is dry gives its lane back until there is something to do, and after some MiB others have a turn. Afterwards the
    /// handler resumes where its model runs it.
    /// </summary>
    /// <param name="part">The part. Where it is called within another one it runs in place.</param>
    /// <param name="state">Its argument.</param>
    public abstract ValueTask BulkAsync<TState>(Func<TState, ValueTask> part, TState state);

    /// <inheritdoc cref="BulkAsync{TState}"/>
    public ValueTask BulkAsync(Func<ValueTask> part) => BulkAsync(static part => part(), part);
}
