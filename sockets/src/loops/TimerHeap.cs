using System.Diagnostics;

namespace Argosy.Sockets;

/// <summary>
/// A loop's timers, the earliest on top. Each knows its place, so that it can be moved or removed at once and keeps nothing alive
/// once its connection has gone.
/// </summary>
internal sealed class TimerHeap
{
    private readonly List<LoopTimer> _heap = [];

    internal int Count => _heap.Count;

    /// <summary>Schedules a timer, or moves it.</summary>
    internal void Schedule(LoopTimer timer, long due)
    {
        timer.Due = due;
        if (!timer.IsScheduled)
        {
            timer.Place = _heap.Count;
            _heap.Add(timer);
        }

        Settle(timer);
    }

    internal void Remove(LoopTimer timer)
    {
        if (!timer.IsScheduled) return;
        var place = timer.Place;
        var last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        timer.Place = -1;
        if (last == timer) return;
        Put(last, place);
        Settle(last);
    }

    /// <summary>How long a wait may last, in milliseconds, rounded up; -1 where nothing is scheduled.</summary>
    internal int MillisecondsLeft()
    {
        if (_heap.Count == 0) return -1;
        if (_heap[0].Due == long.MaxValue) return -1;
        var ticks = Math.Max(0, _heap[0].Due - Stopwatch.GetTimestamp());
        return (int)Math.Min(int.MaxValue, Math.Ceiling(ticks * 1000.0 / Stopwatch.Frequency));
    }

    /// <summary>Takes out the next timer that is due at <paramref name="now"/>, or null.</summary>
    internal LoopTimer? TakeDue(long now)
    {
        if (_heap.Count == 0 || _heap[0].Due > now) return null;
        var due = _heap[0];
        Remove(due);
        return due;
    }

    private void Settle(LoopTimer timer)
    {
        Rise(timer);
        Sink(timer);
    }

    private void Rise(LoopTimer timer)
    {
        var place = timer.Place;
        for (int above; place > 0 && _heap[above = (place - 1) / 2].Due > timer.Due; place = above) Put(_heap[above], place);
        Put(timer, place);
    }

    private void Sink(LoopTimer timer)
    {
        var place = timer.Place;
        while (true)
        {
            var below = 2 * place + 1;
            if (below >= _heap.Count) break;
            if (below + 1 < _heap.Count && _heap[below + 1].Due < _heap[below].Due) below++;
            if (_heap[below].Due >= timer.Due) break;
            Put(_heap[below], place);
            place = below;
        }

        Put(timer, place);
    }

    private void Put(LoopTimer timer, int place)
    {
        _heap[place] = timer;
        timer.Place = place;
    }
}
