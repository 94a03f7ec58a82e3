namespace Argosy.Sockets;

/// <summary>How long a drain may take. Whoever stops a server may shorten it later, and nobody lengthens it.</summary>
internal sealed class DrainLimit
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _over = new();
    private Deadline _end = Deadline.Never;

    /// <summary>The drain ends after this time at the latest.</summary>
    internal void EndAfter(TimeSpan time)
    {
        lock (_lock)
        {
            var end = Deadline.After(time);
            if (end.IsNever || Deadline.Earlier(_end, end) != end) return;
            _end = end;
            _over.CancelAfter(LongestTimer < time ? LongestTimer : time);
        }
    }

    /// <summary>True when the task completes before the limit.</summary>
    internal async Task<bool> IsKeptByAsync(Task task)
    {
        await Task.WhenAny(task, Task.Delay(Timeout.InfiniteTimeSpan, _over.Token));
        return task.IsCompleted;
    }

    // What the runtime's timers can count: 2^32 - 2 milliseconds.
    private static TimeSpan LongestTimer => TimeSpan.FromMilliseconds(uint.MaxValue - 1);
}
