using System.Net;
using System.Text;

namespace Argosy.Sockets.Tests;

/// <summary>Connections that protocols open, under every model.</summary>
public sealed class ProtocolClientTests
{
    private const int Limit = 30_000;

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.AllOverEveryWire), MemberType = typeof(Models))]
    public async Task A_client_talks_to_a_server(string model, string wire)
    {
        await using var server = ProtocolServer.Start(model, Echo, wire);
        await using var client = new ProtocolClient(ConcurrencyModels.Find(model));
        var heard = new TaskCompletionSource<string>();
        var lost = new TaskCompletionSource<Exception?>();
        var factory = new ProtocolFactory(() => new ScriptedProtocol
        {
            OnMade = protocol => protocol.Write("there and back"),
            OnData = (protocol, data) =>
            {
                heard.TrySetResult(Encoding.UTF8.GetString(data));
                protocol.Transport.LoseConnection();
            },
            OnLost = (_, reason) => lost.SetResult(reason),
        })
        {
            Layer = Wire.IsTls(wire) ? connection => connection.AuthenticateAsClientAsync(Wire.ClientTls, Deadline.Never) : null,
        };
        var protocol = await client.ConnectAsync(server.Address, factory, Soon());
        Assert.Same(factory, protocol.Factory);
        Assert.Equal("there and back", await heard.Task);
        Assert.Null(await lost.Task);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task A_connection_that_fails_says_so(string model)
    {
        await using var client = new ProtocolClient(ConcurrencyModels.Find(model));
        var errors = 0;
        client.OnError += _ => errors++;
        var refused = await Assert.ThrowsAsync<ConnectionException>(
            () => client.ConnectAsync(new IPEndPoint(IPAddress.Loopback, 1), new ProtocolFactory(Echo), Soon()));
        Assert.Equal(ConnectionError.Refused, refused.Error);
        await using var server = ProtocolServer.Start(model, Echo);
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.ConnectAsync(
            server.Address, new ProtocolFactory(() => new ScriptedProtocol { OnMade = _ => throw new InvalidOperationException() }), Soon()));
        await Assert.ThrowsAsync<ConnectionException>(() => client.ConnectAsync(server.Address, new ProtocolFactory(() => null!), Soon()));
        Assert.Equal(0, errors); // whoever asked was told
        await client.StopAsync(TimeSpan.Zero);
        await Assert.ThrowsAsync<ConnectionException>(() => client.ConnectAsync(server.Address, new ProtocolFactory(Echo), Soon()));
    }

    [Theory(Timeout = Limit)]
    [InlineData("iterative", false)]
    [InlineData("iterative", true)]
    [InlineData("epoll", true)]
    public async Task A_connection_that_waits_for_a_place_ends_at_its_deadline_and_when_nobody_wants_it(string model, bool isCancelled)
    {
        await using var server = ProtocolServer.Start("threads", Echo);
        using var full = FullListener.Unix();
        await using var client = new ProtocolClient(ConcurrencyModels.Find(model));
        var first = await client.ConnectAsync(server.Address, new ProtocolFactory(Echo), Soon());
        var (made, target) = (0, model == "iterative" ? server.Address : full.Address);
        var late = new ProtocolFactory(() => new ScriptedProtocol { OnMade = _ => made++ });
        using var cancelled = new CancellationTokenSource(TimeSpan.FromSeconds(0.3));
        if (isCancelled) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.ConnectAsync(target, late, Soon(), cancelled.Token));
        else await Assert.ThrowsAsync<TimeoutException>(() => client.ConnectAsync(target, late, Deadline.After(TimeSpan.FromSeconds(0.3))));
        first.Transport.AbortConnection();
        var last = await client.ConnectAsync(server.Address, new ProtocolFactory(Echo), Soon()); // there is a place again
        Assert.Equal(0, made);
        last.Transport.AbortConnection();
    }

    [Fact(Timeout = Limit)]
    public async Task A_client_that_stops_tells_those_who_wait_for_a_place()
    {
        await using var server = ProtocolServer.Start("threads", Echo);
        await using var client = new ProtocolClient(ConcurrencyModels.Find("iterative"));
        await client.ConnectAsync(server.Address, new ProtocolFactory(Echo), Soon());
        var waiting = client.ConnectAsync(server.Address, new ProtocolFactory(Echo), Deadline.Never);
        await client.StopAsync(TimeSpan.Zero);
        await Assert.ThrowsAsync<ConnectionException>(() => waiting);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task A_forwarder_joins_two_connections_and_passes_backpressure_on(string model)
    {
        const int total = 30_000_000;
        await using var target = ProtocolServer.Start(model, Echo);
        await using var client = new ProtocolClient(ConcurrencyModels.Find(model));
        await using var forwarder = ProtocolServer.Start(model, () => Forwarder(client, target.Address), maxPending: 1_000_000);
        await using var user = await forwarder.ConnectAsync();
        var sent = new byte[total];
        new Random(9).NextBytes(sent);
        var sending = Task.Run(async () =>
        {
            await user.SendAsync(sent);
            await user.FinishSendingAsync();
        });
        var received = await user.ReceiveToEndAsync();
        await sending;
        Assert.True(sent.AsSpan().SequenceEqual(received));
        Assert.Empty(forwarder.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task Many_clients_run_at_once_and_leave_nothing_behind(string model)
    {
        await using var server = ProtocolServer.Start(model, Echo);
        await using var client = new ProtocolClient(ConcurrencyModels.Find(model));
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            var lost = new TaskCompletionSource<Exception?>();
            await client.ConnectAsync(server.Address, new ProtocolFactory(() => new ScriptedProtocol
            {
                OnMade = protocol => protocol.Write("x"),
                OnData = (protocol, _) => protocol.Transport.LoseConnection(),
                OnLost = (_, reason) => lost.SetResult(reason),
            }), Soon());
            Assert.Null(await lost.Task);
        }));
        while (client.ActiveConnections + server.Server.ActiveConnections > 0) await Task.Delay(1);
    }

    /// <summary>Delivery waits until the other side is connected; from then on each side is the other's producer.</summary>
    private static ScriptedProtocol Forwarder(ProtocolClient client, EndPoint target)
    {
        Transport? other = null;
        return new ScriptedProtocol
        {
            OnMade = near =>
            {
                near.Transport.PauseProducing();
                var factory = new ProtocolFactory(() => new ScriptedProtocol
                {
                    OnMade = far =>
                    {
                        other = far.Transport;
                        far.Transport.RegisterProducer(near.Transport);
                        near.Transport.RegisterProducer(far.Transport);
                        near.Transport.ResumeProducing();
                    },
                    OnData = (_, data) => near.Transport.Write(data),
                    OnLost = (_, _) =>
                    {
                        near.Transport.UnregisterProducer();
                        near.Transport.LoseConnection();
                    },
                })
                { MaxPendingBytes = 1_000_000 };
                _ = client.ConnectAsync(target, factory, Soon());
            },
            OnData = (_, data) => other!.Write(data),
            OnInputEnded = _ =>
            {
                other!.UnregisterProducer();
                other!.FinishWriting();
            },
        };
    }

    private static ScriptedProtocol Echo() => new() { OnData = (protocol, data) => protocol.Transport.Write(data) };

    private static Deadline Soon() => Deadline.After(TimeSpan.FromSeconds(20));
}
