using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Sockets.Tests;

/// <summary>A socket from which nothing can be received any more, though something always seems to be there.</summary>
public sealed partial class DatagramFailureTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("iterative")]
    [InlineData("threads")]
    [InlineData("poll")]
    [InlineData("epoll")]
    [InlineData("async")]
    public async Task Is_left_alone_for_a_while_after_each_failure(string model)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "not applicable: the socket is exchanged by what Linux tells of it");
        var log = new ListLogger();
        var options = new DatagramServerOptions { ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)], Model = ConcurrencyModels.Find(model)! };
        await using var server = new DatagramServer(options, context => default, log);
        server.Start();
        var address = (IPEndPoint)server.LocalEndPoints[0];
        using var other = new Socket(SocketType.Stream, ProtocolType.Tcp); // recv(2): ENOTCONN, each time
        var descriptor = DescriptorOf(address.Port);
        using var kept = new SafeFileHandle(Duplicate(descriptor), ownsHandle: true); // so that what comes still wakes who watches it
        Assert.NotEqual(-1, Duplicate((int)other.Handle, descriptor));
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        sender.SendTo([1], address);

        await FailuresAsync(log, 1);
        var time = Stopwatch.StartNew();
        await FailuresAsync(log, 3);
        Assert.InRange(time.Elapsed, DatagramDispatcher.FailurePause, TimeSpan.FromMinutes(1));
    }

    // Looks rarely itself, so that a receiver that spins is not slowed down by being watched.
    private static async Task FailuresAsync(ListLogger log, int count)
    {
        while (log.Lines.Count(line => line.Contains("receiv", StringComparison.OrdinalIgnoreCase)) < count)
            await Task.Delay(1, TestContext.Current.CancellationToken);
    }

    /// <summary>The descriptor of this process that is a UDP socket at a port.</summary>
    private static int DescriptorOf(int port)
    {
        var row = File.ReadLines("/proc/self/net/udp").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Single(fields => fields[1].EndsWith($":{port:X4}", StringComparison.Ordinal));
        var link = $"socket:[{row[9]}]";
        return Directory.EnumerateFileSystemEntries("/proc/self/fd").Where(entry => new FileInfo(entry).LinkTarget == link)
            .Select(entry => int.Parse(Path.GetFileName(entry))).Min();
    }

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Duplicate(int descriptor);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Duplicate(int from, int to);
}
