using FsCheck;
using FsCheck.Fluent;

namespace Argosy.Sockets.Tests;

public sealed class TimerHeapTests
{
    [Fact]
    public void Timers_come_out_in_order_whatever_was_moved_or_removed()
    {
        var property = Prop.ForAll<(byte Timer, short Due)[]>(steps =>
        {
            var heap = new TimerHeap();
            var timers = Enumerable.Range(0, 256).Select(_ => new Timer()).ToArray();
            var expected = new Dictionary<Timer, long>();
            foreach (var (index, due) in steps)
            {
                if (due % 5 == 0)
                {
                    heap.Remove(timers[index]);
                    expected.Remove(timers[index]);
                }
                else
                {
                    heap.Schedule(timers[index], due);
                    expected[timers[index]] = due;
                }
            }

            var seen = new List<long>();
            while (heap.TakeDue(short.MaxValue) is Timer next)
            {
                if (next.IsScheduled || !expected.Remove(next, out var due) || due != next.Due) return false;
                seen.Add(due);
            }

            return expected.Count == 0 && heap.Count == 0 && seen.SequenceEqual(seen.Order());
        });
        Check.One(Config.QuickThrowOnFailure.WithReplay(3, 5).WithMaxTest(500), property);
    }

    [Fact]
    public void What_is_not_due_stays()
    {
        var heap = new TimerHeap();
        heap.Schedule(new Timer(), 10);
        Assert.Null(heap.TakeDue(9));
        Assert.NotNull(heap.TakeDue(10));
        Assert.Equal(-1, heap.MillisecondsLeft());
    }

    private sealed class Timer : LoopTimer
    {
        internal override void OnDue()
        {
        }
    }
}
