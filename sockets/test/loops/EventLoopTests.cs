using System.Net.Sockets;

namespace Argosy.Sockets.Tests;

public sealed class EventLoopTests
{
    private const int Limit = 30_000;

    public static TheoryData<string> Kinds => DemultiplexerTests.All;

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Kinds))]
    public async Task Work_from_many_threads_runs_on_the_loop_in_each_threads_order_and_none_is_lost(string kind)
    {
        const int threads = 8, each = 5_000;
        var loop = Start(kind);
        var seen = new int[threads];
        var wrong = 0;
        var left = threads * each;
        var done = new TaskCompletionSource();
        await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < each; i++)
            {
                var number = i;
                loop.Post(_ =>
                {
                    if (!loop.IsCurrent || seen[thread]++ != number) wrong++;
                    if (--left == 0) done.SetResult();
                }, null);
                if (i % 100 == 0) Thread.Sleep(0); // let it fall asleep now and then
            }
        })));
        await done.Task;
        Assert.Equal(0, wrong);
        await EndAsync(loop);
    }

    [Fact(Timeout = Limit)]
    public async Task A_turn_is_over_after_enough_operations_or_bytes_or_time()
    {
        var loop = Start("poll");
        var counts = new TaskCompletionSource<int[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(_ => counts.SetResult([
            Spend(loop, static _ => { }),
            Spend(loop, static loop => loop.Charge(1024 * 1024)),
            Spend(loop, static loop => loop.Charge(256 * 1024)),
            Spend(loop, static loop =>
            {
                Thread.Sleep(3);
                loop.Charge(64 * 1024);
            }),
            Spend(loop, static _ => Thread.Sleep(3)),
        ]), null);
        var spent = await counts.Task;
        Assert.Equal([64, 1, 4, 2], spent[..4]);
        Assert.InRange(spent[4], 1, 24);
        await EndAsync(loop);
    }

    private static int Spend(EventLoop loop, Action<EventLoop> operation)
    {
        loop.BeginTurn();
        var count = 0;
        for (; loop.TrySpend(); count++) operation(loop);
        return count;
    }

    [Fact(Timeout = Limit)]
    public async Task Work_posted_by_work_waits_for_the_next_round_so_that_sockets_get_their_turn()
    {
        var loop = Start("epoll");
        using var pair = new DescriptorPair();
        var read = new TaskCompletionSource();
        var stop = false;
        loop.Post(async _ =>
        {
            using var socket = new DescriptorHandle(NativeSocket.Duplicate(pair.Near.SafeHandle));
            var watch = new DescriptorWatch(loop, socket);
            await watch.Reading.WaitAsync(heedsDeadline: false, CancellationToken.None);
            stop = true;
            watch.Close();
            read.SetResult();
        }, null);
        void Again(object? state)
        {
            if (!stop) loop.Post(Again, null);
        }

        loop.Post(Again, null);
        pair.Far.Send("x"u8);
        await read.Task;
        await EndAsync(loop);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Kinds))]
    public async Task A_loop_stands_still_while_nobody_wants_what_is_ready(string kind)
    {
        var loop = Start(kind);
        using DescriptorPair unread = new(), hungUp = new();
        var armed = new TaskCompletionSource();
        loop.Post(async _ =>
        {
            foreach (var pair in (DescriptorPair[])[unread, hungUp])
            {
                var watch = new DescriptorWatch(loop, new DescriptorHandle(NativeSocket.Duplicate(pair.Near.SafeHandle)), ownsDescriptor: true);
                await watch.Reading.WaitAsync(heedsDeadline: false, CancellationToken.None); // and then never again
            }

            armed.SetResult();
        }, null);
        unread.Far.Send("x"u8);
        hungUp.Far.Send("x"u8);
        await armed.Task;
        unread.Far.Send("more"u8);
        hungUp.Near.Shutdown(SocketShutdown.Send);
        hungUp.Far.Shutdown(SocketShutdown.Send); // both directions shut: EPOLLHUP, which cannot be masked
        await Task.Delay(50, TestContext.Current.CancellationToken);
        var before = loop.Rounds;
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.InRange(loop.Rounds - before, 0, 5);
        await EndAsync(loop);
    }

    [Fact(Timeout = Limit)]
    public async Task What_is_posted_after_the_end_runs_on_the_pool()
    {
        var loop = Start("poll");
        await EndAsync(loop);
        var late = new TaskCompletionSource<bool>();
        loop.Post(_ => late.SetResult(Thread.CurrentThread.IsThreadPoolThread), null);
        Assert.True(await late.Task);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Kinds))]
    public async Task A_descriptor_closes_only_after_the_loop_has_let_it_go(string kind)
    {
        var loop = Start(kind);
        using var pair = new DescriptorPair();
        var socket = new DescriptorHandle(NativeSocket.Duplicate(pair.Near.SafeHandle));
        var number = (int)socket.DangerousGetHandle();
        var watch = new DescriptorWatch(loop, socket);
        var waiting = Task.Run(async () => await watch.Reading.WaitAsync(heedsDeadline: false, CancellationToken.None));
        while (loop.Watches.Count == 0) await Task.Delay(1, TestContext.Current.CancellationToken);
        socket.Dispose();
        Assert.True(Path.Exists($"/proc/self/fd/{number}"));
        watch.Close();
        await waiting;
        await EndAsync(loop);
        Assert.False(File.Exists($"/proc/self/fd/{number}") && File.ResolveLinkTarget($"/proc/self/fd/{number}", false)?.Name.StartsWith("socket") == true);
    }

    private static EventLoop Start(string kind)
    {
        var loop = new EventLoop(DemultiplexerTests.New(kind), "loop under test");
        loop.Start();
        return loop;
    }

    private static Task EndAsync(EventLoop loop)
    {
        loop.EndWhenEmpty();
        return loop.Ended;
    }
}
