using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Argosy.Sockets.Tests;

/// <summary>What happens at the very last descriptor. Nothing here waits or asserts while none is left: the runtime could neither start a
/// thread nor load an assembly then.</summary>
public sealed class LastDescriptorsTests
{
    [Fact]
    public void The_last_ones_are_kept_from_clients()
    {
        using var shortage = new DescriptorShortage();
        using var last = File.OpenHandle("/dev/null");
        Assert.True(DescriptorReserve.Holds((int)last.DangerousGetHandle()));
        Assert.False(DescriptorReserve.Holds(0));
    }

    [Fact]
    public void Whoever_waits_is_cut_off_when_not_one_is_left()
    {
        var counters = new ConnectionCounters();
        using var recovery = new AcceptRecovery(NullLogger.Instance, counters);
        using var waiting = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var listener = SocketListener.Open(new IPEndPoint(IPAddress.Loopback, 0), backlog: 8, dualStack: false);
        waiting.Connect(listener.LocalEndPoint);
        ConnectionError failure;
        TimeSpan pause;
        using (new DescriptorShortage(left: 0))
        {
            failure = ConnectionErrors.Meaning(-listener.TryAccept(out _));
            pause = recovery.OnFailure(listener, failure);
        }

        Assert.Equal(ConnectionError.OutOfResources, failure);
        Assert.True(pause > TimeSpan.Zero);
        Assert.Equal((1, 1), (counters.AcceptFailures, counters.Refused(RefusalReason.NoDescriptors)));
        waiting.ReceiveTimeout = 10_000;
        Assert.Equal(SocketError.ConnectionReset, Assert.Throws<SocketException>(() => waiting.Receive(new byte[1])).SocketErrorCode);
        listener.Close();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(DescriptorShortage.ForTheRuntime)]
    public void A_thread_that_has_nothing_to_wait_by_says_so_before_it_serves(int left)
    {
        bool? prepared = null;
        using var begin = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            begin.Wait();
            using (new DescriptorShortage(left)) prepared = ThreadWaiter.TryPrepareCurrent();
            ThreadWaiter.DisposeCurrent();
        });
        thread.Start();
        begin.Set();
        thread.Join();
        Assert.False(prepared);
    }
}
