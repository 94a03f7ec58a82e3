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

    /// <summary>A moment in ticks of <see cref="Stopwatch"/>, also one that is over.</summary>
    internal static Deadline At(long moment) => moment == long.MaxValue ? Never : new Deadline(Math.Max(1, moment));

    /// <summary>A period as system calls take it: whole milliseconds, rounded up; -1 for <see cref="Timeout.InfiniteTimeSpan"/> and no other.</summary>
    internal static int Milliseconds(TimeSpan period) =>
        period == Timeout.InfiniteTimeSpan ? -1 : (int)Math.Clamp(Math.Ceiling(period.TotalMilliseconds), 0, int.MaxValue);

    /// <summary>True for <see cref="Never"/>.</summary>
    public bool IsNever => _ticks == 0;

    /// <summary>True once the moment is over.</summary>
    public bool HasPassed => !IsNever && Stopwatch.GetTimestamp() >= _ticks;

    /// <summary>Time left, never negative; <see cref="Timeout.InfiniteTimeSpan"/> for <see cref="Never"/>.</summary>
    public TimeSpan Remaining
    {
        get
        {
            if (IsNever) return Timeout.InfiniteTimeSpan;
            var now = Stopwatch.GetTimestamp(); // read once: between two looks the moment may pass, and a negative time waits for ever
            return _ticks > now ? Stopwatch.GetElapsedTime(now, _ticks) : TimeSpan.Zero;
        }
    }

    /// <summary>
    /// The time left as system calls and timers take it: milliseconds, rounded up, so that what waits so long need not wait again; -1 for
    /// <see cref="Never"/>. Of more than 24 days it says 24 days: whoever waits looks at the deadline again.
    /// </summary>
    internal int MillisecondsLeft => Milliseconds(Remaining);

    /// <summary>Ticks of <see cref="Stopwatch"/>; <see cref="long.MaxValue"/> for <see cref="Never"/>, so that numbers order as moments do.</summary>
    internal long Moment => IsNever ? long.MaxValue : _ticks;

    /// <summary>The earlier of two deadlines.</summary>
    public static Deadline Earlier(Deadline a, Deadline b) => a.IsNever ? b : b.IsNever || a._ticks <= b._ticks ? a : b;
}
