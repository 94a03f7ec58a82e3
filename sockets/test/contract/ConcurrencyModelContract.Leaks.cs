using System.Diagnostics;

namespace Argosy.Sockets.Tests;

public abstract partial class ConcurrencyModelContract
{
    [Theory(Timeout = 4 * Limit)]
    [MemberData(nameof(Wire.Main), MemberType = typeof(Wire))]
    public async Task Nothing_leaks_over_thousands_of_connections(string wire)
    {
        var count = Wire.ChecksAll ? 10_000 : Wire.IsTls(wire) ? 300 : 2_000;
        await using var server = Serve(wire, Handlers.EchoAsync);
        await ManyAsync(server, count / 4);
        var (descriptors, threads, memory) = await SettledAsync(server);
        await ManyAsync(server, count);
        var after = await SettledAsync(server);
        Assert.InRange(after.Descriptors, 0, descriptors + 8);
        Assert.InRange(after.Threads, 0, threads + 8);
        Assert.InRange(after.Memory, 0, memory + (Wire.ChecksAll ? 4_000_000 : 8_000_000)); // a few kilobytes a connection; the room keeps pools besides
        Assert.Empty(server.Errors);
    }

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

    private static async Task<(int Descriptors, int Threads, long Memory)> SettledAsync(TestServer server)
    {
        await UntilAsync(() => server.Server.ActiveConnections == 0);
        await Task.Delay(100); // the last threads are leaving
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        using var process = Process.GetCurrentProcess();
        return (Directory.GetFiles("/proc/self/fd").Length, process.Threads.Count - ThreadPool.ThreadCount, GC.GetTotalMemory(forceFullCollection: true));
    }
}
