using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets.Tests;

/// <summary>Connecting by name, where some of the name's addresses answer nothing.</summary>
public sealed class ConnectorTests
{
    private static readonly IPAddress[] Addresses = [IPAddress.Loopback, IPAddress.Parse("127.0.0.2")];

    [Fact]
    public void Each_address_but_the_last_gets_a_share_of_the_time()
    {
        var deadline = Deadline.After(TimeSpan.FromSeconds(9));
        Assert.InRange(Connector.Share(deadline, 3).Remaining, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));
        Assert.InRange(Connector.Share(Deadline.After(TimeSpan.FromHours(1)), 2).Remaining, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10));
        Assert.InRange(Connector.Share(Deadline.Never, 2).Remaining, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10));
        Assert.Equal(deadline, Connector.Share(deadline, 1));
        Assert.True(Connector.Share(Deadline.Never, 1).IsNever);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("threads")]
    [InlineData("epoll")]
    [InlineData("async")]
    public async Task An_address_that_answers_nothing_leaves_time_for_the_next(string model)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "not applicable: elsewhere 127.0.0.2 is no address of the machine");
        using var silent = await FullListener.TcpAsync(new IPEndPoint(Addresses[0], 0));
        var port = ((IPEndPoint)silent.Address).Port;
        using var answering = Wire.NewSocket(silent.Address);
        answering.Bind(new IPEndPoint(Addresses[1], port));
        answering.Listen();
        await using var connection = await ConnectAsync(model, port, Deadline.After(TimeSpan.FromSeconds(3)));
        Assert.Equal(new IPEndPoint(Addresses[1], port), connection.RemoteEndPoint);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("threads")]
    [InlineData("epoll")]
    [InlineData("async")]
    public async Task Where_no_address_answers_the_deadline_ends_it(string model)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "not applicable: elsewhere 127.0.0.2 is no address of the machine");
        using var silent = await FullListener.TcpAsync(new IPEndPoint(Addresses[0], 0));
        var port = ((IPEndPoint)silent.Address).Port;
        using var silentToo = await FullListener.TcpAsync(new IPEndPoint(Addresses[1], port));
        await Assert.ThrowsAsync<TimeoutException>(async () => await ConnectAsync(model, port, Deadline.After(TimeSpan.FromSeconds(0.4))));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("tcp4")]
    [InlineData("unix")]
    public async Task A_client_outside_a_server_ends_its_tries_in_the_same_ways(string wire)
    {
        using var full = wire == "unix" ? FullListener.Unix() : await FullListener.TcpAsync();
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(0.1));
        foreach (var deadline in (Deadline[])[Deadline.After(TimeSpan.Zero), Deadline.After(TimeSpan.FromSeconds(0.1))])
            await Assert.ThrowsAsync<TimeoutException>(async () => await StreamClient.ConnectAsync(full.Address, deadline));
        for (var i = 0; i < 2; i++) // during, and before
        {
            var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(
                async () => await StreamClient.ConnectAsync(full.Address, Deadline.Never, soon.Token));
            Assert.Equal(soon.Token, cancelled.CancellationToken);
        }
    }

    /// <summary>The look-up is a fake that never answers: a name server that does not would have to be put into this machine's settings.</summary>
    [Theory(Timeout = 60_000)]
    [InlineData("threads")]
    [InlineData("epoll")]
    [InlineData("async")]
    public async Task A_name_that_nobody_looks_up_holds_nobody_longer_than_wanted(string model)
    {
        var name = new DnsEndPoint("unanswered.test", 1);
        await Assert.ThrowsAsync<TimeoutException>(() => UnderAsync(model, Silent, connector =>
            connector.ConnectAsync(name, Deadline.After(TimeSpan.FromSeconds(0.1)), CancellationToken.None)));
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(0.1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => UnderAsync(model, Silent, connector =>
            connector.ConnectAsync(name, Deadline.Never, soon.Token)));

        static Task<IPAddress[]> Silent(DnsEndPoint name) => new TaskCompletionSource<IPAddress[]>().Task;
    }

    private static Task<IConnection> ConnectAsync(string model, int port, Deadline deadline)
    {
        var name = new DnsEndPoint("two-addresses.test", port, AddressFamily.InterNetwork);
        return UnderAsync(model, _ => Task.FromResult(Addresses), connector => connector.ConnectToOneAsync(name, Addresses, deadline, CancellationToken.None));
    }

    private static async Task<IConnection> UnderAsync(
        string model, Func<DnsEndPoint, Task<IPAddress[]>> lookUp, Func<Connector, ValueTask<StreamConnection>> connect)
    {
        if (model == "async") return await connect(new RuntimeConnector { LookUp = lookUp });
        if (model == "threads") return await Task.Run(async () => await connect(new BlockingConnector { LookUp = lookUp }));
        var loop = new EventLoop(new PollDemultiplexer(), "loop");
        loop.Start();
        try
        {
            await loop.EnterAsync();
            return await connect(new ReactorConnector(loop) { LookUp = lookUp });
        }
        finally
        {
            loop.EndWhenEmpty();
        }
    }
}
