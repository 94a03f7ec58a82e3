namespace Argosy.Sockets.Tests;

/// <summary>The pipes of transfers to files.</summary>
public sealed class SplicePipeTests
{
    public static TheoryData<string> ModelsWithoutThreads => ["select", "poll", "epoll", "epoll-et", "async"];

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(ModelsWithoutThreads))]
    public async Task A_transfer_that_waits_for_its_peer_holds_no_pipe(string model)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "not applicable: splice is Linux's");
        const int transfers = 60, kept = 16;
        var path = Path.GetTempFileName();
        var waiting = 0;
        await using var server = TestServer.Start(model, "tcp4", async (_, connection) =>
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            await connection.ReadAsync(Memory<byte>.Empty);
            Interlocked.Increment(ref waiting);
            await connection.ReceiveToFileAsync(file, 0, 1_000_000);
        });
        var before = Pipes();
        var clients = new List<TestClient>();
        for (var i = 0; i < transfers; i++)
        {
            clients.Add(await server.ConnectAsync());
            await clients[^1].SendAsync("slow");
        }

        await ConcurrencyModelContract.UntilAsync(() => Volatile.Read(ref waiting) == transfers);
        await ConcurrencyModelContract.UntilAsync(() => Pipes() - before <= 2 * kept + 10); // and whatever the runtime's threads took meanwhile
        foreach (var client in clients) await client.DisposeAsync();
        await server.Server.StopAsync(TimeSpan.FromSeconds(10));
        File.Delete(path);
    }

    /// <summary>How many ends of pipes this process has open.</summary>
    private static int Pipes() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(entry =>
    {
        try
        {
            return File.ResolveLinkTarget(entry, returnFinalTarget: false)?.Name.StartsWith("pipe:") == true;
        }
        catch (IOException)
        {
            return false; // closed meanwhile
        }
    });
}
