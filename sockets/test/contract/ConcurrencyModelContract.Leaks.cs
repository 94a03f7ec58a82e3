using System.Diagnostics;

namespace Argosy.Sockets.Tests;

public abstract partial class ConcurrencyModelContract
{
    [Theory(Timeout = 10 * Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task Nothing_leaks_over_thousands_of_connections(string wire)
    {
        var count = ConnectionsWorthTheirTime(wire);
        await using var server = Serve(wire, Handlers.EchoAsync);
        await ManyAsync(server, count / 4);
        var before = await SettledAsync(server);
        await ManyAsync(server, count);
        var after = await SettledAsync(server);
        Assert.InRange(after.Descriptors, 0, before.Descriptors + 8);
        Assert.InRange(after.Threads, 0, before.Threads + 8);
        Assert.InRange(after.Memory, 0, before.Memory + (Wire.ChecksAll ? 4_000_000 : 8_000_000)); // a few kilobytes a connection; the room keeps pools besides
        Assert.Equal(before.Processes, after.Processes);
        Assert.Equal(0, after.Zombies);
        Assert.Empty(server.Errors);
    }

    // What leaks at every connection shows after a hundred of them in descriptors, threads and processes, and after thousands in memory.
    private int ConnectionsWorthTheirTime(string wire) => (CostsAProcess, Wire.IsTls(wire)) switch
    {
        (true, _) => Wire.ChecksAll ? 100 : 24,
        (_, true) => Wire.ChecksAll ? 2_000 : 300,
        _ => Wire.ChecksAll ? 10_000 : 2_000,
    };

    private static async Task ManyAsync(TestServer server, int count)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = 16 };
        await Parallel.ForAsync(0, count, options, async (_, _) =>
        {
            await using var client = await EchoesAsync(server);
            await client.FinishSendingAsync();
            Assert.Empty(await client.ReceiveToEndAsync());
        });
    }

    /// <summary>What this process and the long-lived workers of the server hold when all is quiet.</summary>
    private async Task<Footprint> SettledAsync(TestServer server)
    {
        await UntilAsync(() => server.Server.ActiveConnections == 0);
        if (CostsAProcess) await UntilAsync(() => ChildProcesses.Of(Environment.ProcessId).Count == 1); // the one spare
        await Task.Delay(100); // the last threads are leaving
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        using var process = Process.GetCurrentProcess();
        var children = ChildProcesses.Of(Environment.ProcessId);
        var workers = Model.Inner is null ? [] : children.Where(child => !child.IsZombie).ToArray();
        return new Footprint(
            Directory.GetFiles("/proc/self/fd").Length + workers.Sum(child => child.Descriptors),
            process.Threads.Count - ThreadPool.ThreadCount + (HasOwnThreads ? workers.Sum(child => child.Threads) : 0),
            GC.GetTotalMemory(forceFullCollection: true), children.Count, children.Count(child => child.IsZombie));
    }

    private sealed record Footprint(int Descriptors, int Threads, long Memory, int Processes, int Zombies);
}
