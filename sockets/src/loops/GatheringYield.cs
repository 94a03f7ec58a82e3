using System.Diagnostics;

namespace Argosy.Sockets;

/// <summary>
/// Before a busy loop waits, it lets the threads that share its core run: what they send meanwhile comes with one wait instead of many,
/// and nobody is put to sleep and woken for every message.
/// </summary>
/// <remarks>
/// Where the others on the core only compute, a yield costs a time slice of theirs (milliseconds) and gathers nothing. So each is timed,
/// and while they cost more than they may on average, there are none.
/// </remarks>
internal struct GatheringYield
{
    /// <summary>What a yield may take on average, in ticks of the clock. A busy peer takes its turn in tens of microseconds.</summary>
    internal static readonly long Affordable = Stopwatch.Frequency / 4_000;

    /// <summary>How long there are none when they cost too much: one lost slice a second is nothing.</summary>
    internal static readonly long Suspension = Stopwatch.Frequency;

    private const int Weight = 64; // of the past in the average: one long yield among many short ones does not count as a habit

    private long _average;
    private long _suspendedUntil;

    /// <summary>Yields, unless that has turned out to cost too much.</summary>
    internal void Take()
    {
        var begin = Stopwatch.GetTimestamp();
        if (IsSuspended(begin)) return;
        Thread.Yield();
        Learn(begin, Stopwatch.GetTimestamp());
    }

    internal readonly bool IsSuspended(long now) => now < _suspendedUntil;

    /// <summary>A yield took from <paramref name="begin"/> to <paramref name="end"/>.</summary>
    internal void Learn(long begin, long end)
    {
        _average += (end - begin - _average) / Weight;
        if (_average <= Affordable) return;
        _suspendedUntil = end + Suspension;
        _average = Affordable; // afterwards a single slice lost is enough to suspend them again
    }
}
