using System.Net;

namespace Argosy.Sockets.Tests;

public sealed class IterativeDatagramTests() : DatagramContract("iterative");

public sealed class ThreadsDatagramTests() : DatagramContract("threads");

public sealed class PoolDatagramTests() : DatagramContract("pool");

public sealed class ProcessDatagramTests() : DatagramContract("process");

public sealed class PreforkDatagramTests() : DatagramContract("prefork");

public sealed class SelectDatagramTests() : DatagramContract("select");

public sealed class PollDatagramTests() : DatagramContract("poll");

public sealed class EpollDatagramTests() : DatagramContract("epoll");

public sealed class EpollEtDatagramTests() : DatagramContract("epoll-et");

public sealed class AsyncDatagramTests() : DatagramContract("async");

/// <summary>What is true of one model, or of none in particular.</summary>
public sealed class DatagramModelTests
{
    private const int Limit = 30_000;

    [Fact]
    public void Every_model_that_serves_datagrams_keeps_the_contract()
    {
        var kept = typeof(DatagramModelTests).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(DatagramContract)))
            .Select(type => type.Name.Replace("DatagramTests", "").ToLowerInvariant());
        var able = ConcurrencyModels.All.Where(model => model.ServesDatagrams).Select(model => model.Name.Replace("-", ""));
        Assert.Equal(able.Order(), kept.Order());
        Assert.All(ConcurrencyModels.All, model => Assert.Equal(model.ServesDatagrams, model.DatagramCapacity is { Length: > 0 }));
    }

    [Fact]
    public void A_model_without_datagrams_says_which_have_them()
    {
        var without = ConcurrencyModels.Default with { Datagrams = null };
        var options = new DatagramServerOptions { ListenOn = [], Model = without };
        var error = Assert.Throws<NotSupportedException>(() => new DatagramServer(options, _ => default));
        Assert.Contains("threads", error.Message);
    }

    [Theory(Timeout = Limit)]
    [InlineData("iterative", null, 1)]
    [InlineData("iterative", 8, 1)]
    [InlineData("pool", 3, 3)]
    [InlineData("threads", null, 100)]
    public async Task So_many_handlers_block_at_once_and_no_more(string model, int? workers, int expected)
    {
        using var release = new ManualResetEventSlim();
        var busy = 0;
        var most = 0;
        await using var server = new DatagramServer(Options(model) with { Workers = workers }, _ =>
        {
            var now = Interlocked.Increment(ref busy);
            InterlockedMax(ref most, now);
            release.Wait(TimeSpan.FromSeconds(20));
            Interlocked.Decrement(ref busy);
            return default;
        });
        server.Start();
        using var client = new DatagramClient("udp4");
        for (var i = 0; i < 100; i++) await client.SendAsync("x", server.LocalEndPoints[0]);
        while (Volatile.Read(ref busy) < expected || server.Counters.Received < 100) await Task.Delay(1, TestContext.Current.CancellationToken);
        release.Set();
        while (server.Counters.Handled < 100) await Task.Delay(1, TestContext.Current.CancellationToken);
        Assert.Equal(expected, most);
    }

    [Fact(Timeout = Limit)]
    public async Task What_the_kernel_has_no_room_for_is_counted()
    {
        await using var server = new DatagramServer(Options("poll") with { KernelBuffer = 4096 }, _ => default);
        server.Bind(); // and does not receive yet
        using var client = new DatagramClient("udp4");
        for (var i = 0; i < 100; i++) await client.SendAsync(new byte[1000], server.LocalEndPoints[0]);
        var lost = server.Counters.LostInKernel;
        Assert.InRange(lost, 50, 99);
        server.Start();
        while (server.Counters.Received + lost < 100) await Task.Delay(1, TestContext.Current.CancellationToken);
        await server.DisposeAsync();
        Assert.Equal(lost, server.Counters.LostInKernel);
    }

    [Theory(Timeout = Limit)]
    [InlineData("epoll")]
    [InlineData("epoll-et")]
    public async Task Handlers_are_spread_over_the_loops(string model)
    {
        var threads = new System.Collections.Concurrent.ConcurrentDictionary<Thread, int>();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new DatagramServer(Options(model) with { Workers = 8 }, async _ =>
        {
            threads.AddOrUpdate(Thread.CurrentThread, 1, static (_, count) => count + 1);
            await all.Task;
        });
        server.Start();
        using var client = new DatagramClient("udp4");
        for (var i = 0; i < 8; i++) await client.SendAsync("x", server.LocalEndPoints[0]);
        while (threads.Values.Sum() < 8) await Task.Delay(1, TestContext.Current.CancellationToken);
        all.SetResult();
        Assert.Equal(Math.Min(8, Environment.ProcessorCount), threads.Count);
    }

    [Fact(Timeout = Limit)]
    public async Task Select_says_that_a_descriptor_does_not_fit()
    {
        var fillers = new List<Microsoft.Win32.SafeHandles.SafeFileHandle>();
        do fillers.Add(File.OpenHandle("/dev/null"));
        while (fillers[^1].DangerousGetHandle() < SelectDemultiplexer.Capacity);
        await using (var late = new DatagramServer(Options("select"), _ => default))
            Assert.Contains("Use poll or epoll", Assert.Throws<ConnectionException>(late.Start).Message);
        foreach (var filler in fillers) filler.Dispose();
    }

    private static DatagramServerOptions Options(string model) =>
        new() { ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)], Model = ConcurrencyModels.Find(model)! };

    private static void InterlockedMax(ref int most, int now)
    {
        for (int seen; now > (seen = Volatile.Read(ref most));) Interlocked.CompareExchange(ref most, now, seen);
    }
}
