namespace Argosy.Sockets;

/// <summary>
/// What a server does at intervals beside serving: expire, report, look after something. It runs where the model accepts: on the accepting
/// thread between two accepts, on the loop that accepts, or on the thread pool under <c>async</c>. So it must be short, and on a loop it must not
/// block. Under <c>iterative</c> and <c>pool</c> it waits while every worker is serving, since nobody accepts then.
/// </summary>
/// <remarks>
/// It never overlaps itself: the interval runs from the end of one to the begin of the next. What it throws is logged, and both the server
/// and the next action go on. It ends when the server stops accepting; it may call <see cref="StreamServer.StopAsync"/> but not await it.
/// </remarks>
public sealed record ServiceActions
{
    /// <summary>An asynchronous action. Awaits resume where the model accepts.</summary>
    /// <param name="interval">From the server's start, and then from the end of one to the next; above zero.</param>
    /// <param name="run">The action.</param>
    public ServiceActions(TimeSpan interval, Func<ValueTask> run)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        (Interval, Run) = (interval, run);
    }

    /// <summary>A plain action.</summary>
    /// <inheritdoc cref="ServiceActions(TimeSpan, Func{ValueTask})" path="/param"/>
    public ServiceActions(TimeSpan interval, Action run)
        : this(interval, () =>
        {
            run();
            return ValueTask.CompletedTask;
        })
    {
    }

    /// <summary>From the end of one to the begin of the next.</summary>
    public TimeSpan Interval { get; }

    internal Func<ValueTask> Run { get; }
}
