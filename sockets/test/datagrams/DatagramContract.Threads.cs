using System.Diagnostics;
using System.Net.Sockets;

namespace Argosy.Sockets.Tests;

public abstract partial class DatagramContract
{
    private bool HasOwnThreads => model != "async"; // whose handlers run on any thread of the runtime's pool

    [Fact(Timeout = Limit)]
    public async Task A_handler_stays_where_its_model_runs_it_after_every_kind_of_await()
    {
        var finished = new TaskCompletionSource<List<(string Await, Thread Thread, bool IsPooled)>>();
        await using var server = Serve("udp4", async context =>
        {
            var seen = new List<(string, Thread, bool)>();
            void Note(string what) => seen.Add((what, Thread.CurrentThread, Thread.CurrentThread.IsThreadPoolThread));
            Note("start");
            await context.OffloadAsync(static ms => Thread.CurrentThread.Join(ms), 1);
            Note("offload");
            await Task.Delay(2);
            Note("delay");
            await Task.Run(Thread.Yield);
            Note("foreign task");
            await Task.Yield();
            Note("yield");
            context.Reply("done"u8);
            finished.SetResult(seen);
        });
        using var client = new DatagramClient("udp4");
        await client.SendAsync("", server.LocalEndPoints[0]);
        Assert.Equal("done", await client.TextAsync());
        var seen = await finished.Task;
        if (HasOwnThreads) Assert.All(seen, step => Assert.True(step.Thread == seen[0].Thread, $"{step.Await}: on '{step.Thread.Name}'"));
        Assert.All(seen, step => Assert.True(step.IsPooled == !HasOwnThreads, step.Await));
    }

    [Theory(Timeout = 4 * Limit)]
    [MemberData(nameof(DatagramWire.Main), MemberType = typeof(DatagramWire))]
    public async Task Nothing_leaks_over_ten_thousand_datagrams(string wire)
    {
        await using var server = Serve(wire, Echo, options => options with { Workers = 8 });
        await EchoManyAsync(wire, server, 2_000);
        var before = Settled();
        await EchoManyAsync(wire, server, 10_000);
        var after = Settled();
        Assert.InRange(after.Descriptors, 0, before.Descriptors + 8);
        Assert.InRange(after.Threads, 0, before.Threads + 8);
        Assert.InRange(after.Memory, 0, before.Memory + 4_000_000);
        Assert.Equal(12_000, server.Counters.Handled);
        Assert.Equal(0, server.Counters.Dropped);
        Assert.Equal(0, server.Counters.LostInKernel);
    }

    [Fact(Timeout = Limit)]
    public async Task Servers_that_come_and_go_leave_nothing_behind()
    {
        await ComeAndGoAsync(5);
        var before = Settled();
        await ComeAndGoAsync(50);
        var after = Settled();
        Assert.InRange(after.Descriptors, 0, before.Descriptors + 8);
        Assert.InRange(after.Threads, 0, before.Threads + 8);
    }

    [Fact(Timeout = Limit)]
    public async Task An_echo_allocates_next_to_nothing_per_datagram()
    {
        const int count = 5_000;
        await using var server = Serve("udp4", Echo);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await client.ConnectAsync(server.LocalEndPoints[0]);
        await EchoAsync(1_000);
        var before = GC.GetTotalAllocatedBytes();
        await EchoAsync(count);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 100 * count); // the whole process; waking a worker that sleeps costs two small objects

        async Task EchoAsync(int times)
        {
            var buffer = new byte[64];
            for (var i = 0; i < times; i++)
            {
                await client.SendAsync(buffer.AsMemory());
                await client.ReceiveAsync(buffer.AsMemory());
            }
        }
    }

    private async Task ComeAndGoAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            await using var server = Serve("udp4", Echo, options => options with { Workers = 4 });
            using var client = new DatagramClient("udp4");
            await client.SendAsync($"{i}", server.LocalEndPoints[0]);
            Assert.Equal($"{i}", await client.TextAsync());
            await server.StopAsync(Patience);
        }
    }

    private static async Task EchoManyAsync(string wire, DatagramServer server, int count)
    {
        const int clients = 4;
        await Parallel.ForAsync(0, clients, TestContext.Current.CancellationToken, async (_, _) =>
        {
            using var client = new DatagramClient(wire);
            for (var i = 0; i < count / clients; i++)
            {
                await client.SendAsync([(byte)i], server.LocalEndPoints[0]);
                Assert.Equal([(byte)i], (await client.ReceiveAsync()).Bytes);
            }
        });
        await UntilAsync(() => server.Counters.Handled == server.Counters.Received);
    }

    private static (int Descriptors, int Threads, long Memory) Settled()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        using var process = Process.GetCurrentProcess();
        return (Directory.GetFiles("/proc/self/fd").Length, process.Threads.Count - ThreadPool.ThreadCount, GC.GetTotalMemory(forceFullCollection: true));
    }
}
