using System.Diagnostics;

namespace Argosy.Sockets.Tests;

/// <summary>When the next call is due.</summary>
public sealed class CallQueueTests
{
    [Fact]
    public void A_call_that_is_late_is_due_however_late_it_is()
    {
        // A call that is exactly one millisecond late was due "in -1 ms", which means never.
        for (var i = 0; i < 20; i++)
        {
            var queue = new CallQueue();
            queue.Add(new DelayedCall(null!, () => { }), TimeSpan.Zero);
            for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(1.5);) Assert.False(queue.Next.IsNever);
        }
    }
}
