namespace Argosy.Files;

/// <summary>What anybody can provoke is logged now and then, with how often it happened. Thread-safe.</summary>
public sealed class RareLine
{
    private const long Pause = 10_000;

    private long _next;
    private long _since;

    /// <summary>It happened once more: true where a line is due.</summary>
    /// <param name="times">How often it happened since the last line, this time included.</param>
    public bool IsDue(out long times)
    {
        times = Interlocked.Increment(ref _since);
        long now = Environment.TickCount64;
        long next = Volatile.Read(ref _next);
        if (now < next || Interlocked.CompareExchange(ref _next, now + Pause, next) != next)
            return false;
        times = Interlocked.Exchange(ref _since, 0);
        return true;
    }
}
