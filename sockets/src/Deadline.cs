using System.Diagnostics;

namespace Argosy.Sockets;

/// <summary>
/// A moment on the monotonic clock after which an operation fails. Deadlines, not tokens, are what every
/// concurrency model can honour: a blocking call, a poll timeout, a loop's timer.
/// </summary>
public readonly record struct Deadline
{
    private readonly long _ticks; // Stopwatch ticks; 0 is "never".

    private Deadline(long ticks) => _ticks = ticks;

    /// <summary>No deadline.</summary>
    public static Deadline Never => default;

    /// <summary>The moment <paramref name="time"/> from now; <see cref="Timeout.InfiniteTimeSpan"/> is <see cref="Never"/>.</summary>
    public static Deadline After(TimeSpan time)
    {
        var now = Stopwatch.GetTimestamp();
        var ticks = time.TotalSeconds * Stopwatch.Frequency;
        return time == Timeout.InfiniteTimeSpan || ticks >= long.MaxValue - now ? Never : new Deadline(Math.Max(1, now + (long)ticks));
    }

    /// <summary>True for <see cref="Never"/>.</summary>
    public bool IsNever => _ticks == 0;

    /// <summary>True once the moment is over.</summary>
    public bool HasPassed => !IsNever && Stopwatch.GetTimestamp() >= _ticks;

    /// <summary>Time left, never negative; <see cref="Timeout.InfiniteTimeSpan"/> for <see cref="Never"/>.</summary>
    public TimeSpan Remaining =>
        IsNever ? Timeout.InfiniteTimeSpan
        : HasPassed ? TimeSpan.Zero
        : Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), _ticks);

    /// <summary>Ticks of <see cref="Stopwatch"/>; <see cref="long.MaxValue"/> for <see cref="Never"/>, so that numbers order as moments do.</summary>
    internal long Moment => IsNever ? long.MaxValue : _ticks;

    /// <summary>The earlier of two deadlines.</summary>
    public static Deadline Earlier(Deadline a, Deadline b) => a.IsNever ? b : b.IsNever || a._ticks <= b._ticks ? a : b;
}
