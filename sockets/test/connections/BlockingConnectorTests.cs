using System.Runtime.InteropServices;

namespace Argosy.Sockets.Tests;

/// <summary>Connecting on a thread that blocks.</summary>
public sealed partial class BlockingConnectorTests
{
    [Fact(Timeout = 30_000)]
    public async Task Waiting_for_room_in_a_full_backlog_costs_no_processor_time()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "not applicable: the blocking models' connections are Linux's");
        using var full = FullListener.Unix();
        var cost = await Task.Factory.StartNew(
            () =>
            {
                Assert.Throws<TimeoutException>(() => BlockingConnector.Instance.ConnectAsync(
                    full.Address, Deadline.After(TimeSpan.FromSeconds(0.5)), CancellationToken.None).GetAwaiter().GetResult());
                return ThreadTime();
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Assert.InRange(cost, TimeSpan.Zero, TimeSpan.FromSeconds(0.25)); // half of what a thread that never rests would take
    }

    /// <summary>What the calling thread has used of the processor.</summary>
    private static TimeSpan ThreadTime()
    {
        const int threadClock = 3; // CLOCK_THREAD_CPUTIME_ID
        Assert.Equal(0, GetClock(threadClock, out var time));
        return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetClock(int clock, out Time time);

    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
