using System.Diagnostics;
using System.Net.Sockets;

namespace Argosy.Sockets.Tests;

public abstract partial class DatagramContract
{
    private bool HasOwnThreads => (Model.Inner?.Name ?? model) != "async"; // whose handlers run on any thread of the runtime's pool

    [Fact(Timeout = Limit)]
    public async Task A_handler_stays_where_its_model_runs_it_after_every_kind_of_await()
    {
        await using var server = Serve("udp4", static async (context, scene) =>
        {
            void Note(string what) => scene.Report($"{what} {Environment.CurrentManagedThreadId} {Thread.CurrentThread.IsThreadPoolThread}");
            Note("start");
            await context.OffloadAsync(static ms => Thread.CurrentThread.Join(ms), 1);
            Note("offload");
            await Task.Delay(2);
            Note("delay");
            await Task.Run(Thread.Yield);
            Note("task");
            await Task.Yield();
            Note("yield");
            context.Reply("done"u8);
        });
        using var client = new DatagramClient("udp4");
        await client.SendAsync("", server.Address);
        Assert.Equal("done", await client.TextAsync());
        var steps = server.Scene.Reported().Select(step => step.Split(' ')).ToList();
        Assert.Equal(["start", "offload", "delay", "task", "yield"], steps.Select(step => step[0]));
        if (HasOwnThreads) Assert.All(steps, step => Assert.True(step[1] == steps[0][1], $"{step[0]}: on another thread"));
        Assert.All(steps, step => Assert.True(step[2] == $"{!HasOwnThreads}", step[0]));
    }

    [Theory(Timeout = 4 * Limit)]
    [MemberData(nameof(DatagramWire.Main), MemberType = typeof(DatagramWire))]
    public async Task Nothing_leaks_over_ten_thousand_datagrams(string wire)
    {
        await using var server = Serve(wire, Echo, static options => OneQueue(options, workers: 4));
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
        await ComeAndGoAsync(2);
        var before = Settled();
        await ComeAndGoAsync(Model.RunsInWorkers ? 5 : 50);
        var after = Settled();
        Assert.InRange(after.Descriptors, 0, before.Descriptors + 8);
        Assert.InRange(after.Threads, 0, before.Threads + 8);
    }

    [Fact(Timeout = Limit)]
    public async Task An_echo_allocates_next_to_nothing_per_datagram()
    {
        const int count = 5_000;
        Assert.SkipWhen(Model.RunsInWorkers, "not applicable: it is served in another process, for which there are messages");
        await using var server = Serve("udp4", Echo);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await client.ConnectAsync(server.Address);
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
            await using var server = Serve("udp4", Echo, static options => OneQueue(options, workers: 1));
            using var client = new DatagramClient("udp4");
            await client.SendAsync($"{i}", server.Address);
            Assert.Equal($"{i}", await client.TextAsync());
            await server.Server.StopAsync(Patience);
        }
    }

    private static async Task EchoManyAsync(string wire, DatagramTestServer server, int count)
    {
        const int clients = 4;
        await Parallel.ForAsync(0, clients, TestContext.Current.CancellationToken, async (_, _) =>
        {
            using var client = new DatagramClient(wire);
            for (var i = 0; i < count / clients; i++)
            {
                await client.SendAsync([(byte)i], server.Address);
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
