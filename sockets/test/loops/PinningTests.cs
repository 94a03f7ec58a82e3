using System.Runtime.InteropServices;

namespace Argosy.Sockets.Tests;

/// <summary>Waits last for hours: whatever the kernel writes into meanwhile must not stand in the collector's way.</summary>
public sealed class PinningTests
{
    private const int Limit = 60_000;
    private const int Waits = 40;

    [Theory(Timeout = Limit)]
    [InlineData(1)] // on the stack
    [InlineData(20)] // more than fit there
    public async Task A_thread_that_waits_for_descriptors_pins_nothing(int descriptors)
    {
        using var pair = new DescriptorPair();
        var handles = Enumerable.Repeat((SafeHandle)pair.Near.SafeHandle, descriptors).ToArray();
        await WhileWaitingAsync(Wait, pair);

        void Wait()
        {
            while (!ThreadWaiter.Current.Poll(handles, PollEvents.Read, Timeout.InfiniteTimeSpan, new PollEvents[descriptors])) ; // interrupted
            ThreadWaiter.DisposeCurrent();
        }
    }

    [Fact(Timeout = Limit)]
    public async Task A_loop_that_waits_with_epoll_pins_nothing()
    {
        using var pair = new DescriptorPair();
        await WhileWaitingAsync(Wait, pair);

        void Wait()
        {
            using var epoll = new EpollDemultiplexer(edgeTriggered: false);
            epoll.Add(pair.Descriptor, PollEvents.Read, 1);
            while (epoll.Wait(-1).IsEmpty) ; // interrupted
        }
    }

    private static async Task WhileWaitingAsync(Action wait, DescriptorPair pair)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "not applicable: it is Linux that tells whether a thread sleeps");
        var before = Pinned();
        var name = $"wait{Random.Shared.Next(1_000_000)}";
        var threads = Enumerable.Range(0, Waits).Select(_ => new Thread(() => wait()) { Name = name }).ToList();
        threads.ForEach(thread => thread.Start());
        while (Sleeping(name) < Waits) await Task.Delay(1, TestContext.Current.CancellationToken);
        var during = Pinned();
        pair.Fill();
        threads.ForEach(thread => thread.Join());
        Assert.InRange(during - before, long.MinValue, Waits / 2);
    }

    private static long Pinned()
    {
        GC.Collect();
        return GC.GetGCMemoryInfo(GCKind.Any).PinnedObjectsCount;
    }

    /// <summary>How many threads of a name wait in the kernel (proc_pid_stat(5)).</summary>
    private static int Sleeping(string name) => Directory.EnumerateDirectories("/proc/self/task").Count(task =>
    {
        try
        {
            return File.ReadAllText($"{task}/stat").Contains($"({name}) S ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // ended meanwhile
        }
    });
}
