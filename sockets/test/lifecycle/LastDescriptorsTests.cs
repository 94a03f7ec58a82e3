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
        var listener = SocketListener.Open(new IPEndPoint(IPAddress.Loopback, 0), backlog: 8, dualStack: false);
        Assert.Equal(ConnectionError.OutOfResources, ConnectionErrors.Meaning(Errno.EMFILE));
        Assert.Equal(-Errno.EAGAIN, listener.TryAccept(out _));
        using var first = Waiting(listener);
        recovery.OnFailure(listener, ConnectionError.OutOfResources); // All of it has run once, with what it has to load.
        using var second = Waiting(listener);

        ConnectionError failure;
        TimeSpan pause;
        using (new DescriptorShortage(left: 0))
        {
            failure = ConnectionErrors.Meaning(-listener.TryAccept(out _));
            pause = recovery.OnFailure(listener, failure);
        }

        Assert.Equal(ConnectionError.OutOfResources, failure);
        Assert.True(pause > TimeSpan.Zero);
        Assert.Equal((2, 2), (counters.AcceptFailures, counters.Refused(RefusalReason.NoDescriptors)));
        foreach (var cut in (Socket[])[first, second])
            Assert.Equal(SocketError.ConnectionReset, Assert.Throws<SocketException>(() => cut.Receive(new byte[1])).SocketErrorCode);
        listener.Close();
    }

    [Fact]
    public void A_server_that_would_refuse_everybody_does_not_start()
    {
        using var open = File.OpenHandle("/dev/null");
        Exception? error;
        using (new DescriptorShortage(left: 70)) error = Record.Exception(() => DescriptorReserve.ThrowIfNoneForClients(open));
        Assert.Contains("Raise the limit to", Assert.IsType<ConnectionException>(error).Message);
        DescriptorReserve.ThrowIfNoneForClients(open);
    }

    [Fact]
    public void A_thread_that_would_wait_by_one_of_the_last_says_so_before_it_serves()
    {
        bool? prepared = null;
        var thread = new Thread(() =>
        {
            using (new DescriptorShortage()) prepared = ThreadWaiter.TryPrepareCurrent();
            ThreadWaiter.DisposeCurrent();
        });
        thread.Start();
        thread.Join();
        Assert.False(prepared);
    }

    private static Socket Waiting(SocketListener listener)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 10_000 };
        socket.Connect(listener.LocalEndPoint);
        return socket;
    }
}
