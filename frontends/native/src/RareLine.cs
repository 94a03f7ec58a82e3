namespace Argosy.Native;

/// <summary>What anybody can provoke is logged now and then, with how often it happened. Thread-safe.</summary>
internal sealed class RareLine
{
    private const long Pause = 10_000;

    private long _next;
    private long _since;

    /// <summary>True where a line is due; <paramref name="times"/> is then how often it happened since the last one.</summary>
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
