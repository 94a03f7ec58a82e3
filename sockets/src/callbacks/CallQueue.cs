using System.Diagnostics;

namespace Argosy.Sockets;

/// <summary>The calls that a connection still has to make, the earliest first; those for one moment in the order they came. Its owner locks.</summary>
internal sealed class CallQueue
{
    private readonly PriorityQueue<DelayedCall, (long Moment, long Number)> _calls = new();
    private long _last;

    /// <summary>The number of the call that was added last.</summary>
    internal long Last => _last;

    /// <summary>When the first is due.</summary>
    internal Deadline Next => _calls.TryPeek(out _, out var due) ? Deadline.At(due.Moment) : Deadline.Never;

    internal bool HasDue => _calls.TryPeek(out _, out var due) && due.Moment <= Stopwatch.GetTimestamp();

    internal void Add(DelayedCall call, TimeSpan delay)
    {
        var ticks = Math.Min(delay.TotalSeconds * Stopwatch.Frequency, long.MaxValue / 2.0);
        _calls.Enqueue(call, (Stopwatch.GetTimestamp() + Math.Max(0, (long)ticks), ++_last));
    }

    internal bool Contains(DelayedCall call) => _calls.UnorderedItems.Any(item => item.Element == call);

    internal bool Remove(DelayedCall call) => _calls.Remove(call, out _, out _);

    /// <summary>Takes one that is due and was added before <paramref name="limit"/> and itself: calls that add calls starve nobody.</summary>
    internal DelayedCall? TakeDue(long limit)
    {
        if (!HasDue || !_calls.TryPeek(out var call, out var due) || due.Number > limit) return null;
        _calls.Dequeue();
        return call;
    }

    internal void Clear() => _calls.Clear();
}
