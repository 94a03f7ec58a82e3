using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Argosy.Sockets.Tests;

/// <summary>What a failing accept(2) costs the connections behind it.</summary>
public sealed class AcceptRecoveryTests : IDisposable
{
    private readonly SocketListener _listener = SocketListener.Open(new IPEndPoint(IPAddress.Loopback, 0), backlog: 8, dualStack: false);
    private readonly ConnectionCounters _counters = new();

    public void Dispose() => _listener.Close();

    [Theory]
    [InlineData(1)] // EPERM: a firewall rule
    [InlineData(71)] // EPROTO
    [InlineData(92)] // ENOPROTOOPT
    [InlineData(95)] // EOPNOTSUPP
    [InlineData(103)] // ECONNABORTED
    [InlineData(104)] // ECONNRESET
    [InlineData(110)] // ETIMEDOUT
    [InlineData(112)] // EHOSTDOWN
    [InlineData(113)] // EHOSTUNREACH
    public void An_error_of_the_one_new_connection_pauses_nobody(int errno)
    {
        using var recovery = new AcceptRecovery(NullLogger.Instance, _counters);
        Assert.Equal(TimeSpan.Zero, recovery.OnFailure(_listener, AcceptRecovery.Meaning(errno)));
        Assert.Equal(0, _counters.AcceptFailures);
    }

    [Theory]
    [InlineData(SocketError.HostDown)]
    [InlineData(SocketError.ConnectionAborted)]
    [InlineData(SocketError.AccessDenied)]
    public void Nor_does_one_that_the_runtime_reports(SocketError error)
    {
        using var recovery = new AcceptRecovery(NullLogger.Instance, _counters);
        Assert.Equal(TimeSpan.Zero, recovery.OnFailure(_listener, AcceptRecovery.Meaning(new SocketException((int)error))));
    }

    [Fact]
    public void One_that_comes_every_time_is_paused_for_now_and_then()
    {
        using var recovery = new AcceptRecovery(NullLogger.Instance, _counters);
        var pauses = Enumerable.Range(0, 1000).Count(_ => recovery.OnFailure(_listener, AcceptRecovery.Meaning(71)) > TimeSpan.Zero);
        Assert.InRange(pauses, 10, 100);
    }

    [Fact]
    public void A_shortage_pauses_and_longer_each_time()
    {
        using var recovery = new AcceptRecovery(NullLogger.Instance, _counters);
        var first = recovery.OnFailure(_listener, AcceptRecovery.Meaning(24)); // EMFILE
        Assert.InRange(recovery.OnFailure(_listener, AcceptRecovery.Meaning(24)), first + TimeSpan.FromTicks(1), TimeSpan.FromSeconds(1));
    }
}
