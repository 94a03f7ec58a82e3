using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets.Tests;

/// <summary>A connection that is opened again whenever it is lost, under every model.</summary>
public sealed class ReconnectingClientTests
{
    private const int Limit = 30_000;

    private static readonly BackOff Quick = new() { Initial = TimeSpan.FromMilliseconds(2), Max = TimeSpan.FromMilliseconds(20) };

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task A_lost_connection_is_opened_again_with_a_new_protocol(string model)
    {
        await using var server = ProtocolServer.Start(model, () => new ScriptedProtocol { OnData = (one, _) => one.Transport.AbortConnection() });
        await using var client = new ProtocolClient(ConcurrencyModels.Find(model));
        var lost = new ConcurrentQueue<Exception?>();
        var fourth = new TaskCompletionSource();
        var built = 0;
        var factory = new ProtocolFactory(() =>
        {
            built++;
            return new ScriptedProtocol { OnMade = one => one.Write("x") };
        });
        var kept = new ReconnectingClient(client, server.Address, factory, Quick, onLost: reason =>
        {
            lost.Enqueue(reason);
            if (lost.Count == 4) fourth.SetResult();
        });
        await fourth.Task;
        await kept.DisposeAsync();
        Assert.All(lost, reason => Assert.IsType<ConnectionException>(reason));
        Assert.InRange(built, 4, int.MaxValue);
        Assert.True(kept.Completion.IsCompletedSuccessfully);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task A_server_that_comes_later_is_found_and_the_connection_is_the_current_one(string model)
    {
        var address = new IPEndPoint(IPAddress.Loopback, 0);
        using var place = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        place.Bind(address); // keeps the port for us: until it listens, connections are refused
        await using var client = new ProtocolClient(ConcurrencyModels.Find(model));
        var (refused, made) = (new TaskCompletionSource<Exception?>(), new TaskCompletionSource<Protocol>());
        var factory = new ProtocolFactory(() => new ScriptedProtocol { OnMade = one => made.TrySetResult(one) });
        await using var kept = new ReconnectingClient(
            client, place.LocalEndPoint!, factory, Quick, onLost: reason => refused.TrySetResult(reason));
        Assert.Equal(ConnectionError.Refused, Assert.IsType<ConnectionException>(await refused.Task).Error);
        Assert.Null(kept.Current);
        place.Listen();
        var protocol = await made.Task;
        while (kept.Current is null) await Task.Delay(1);
        Assert.Same(protocol, kept.Current);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task Ending_it_sends_what_was_written_and_tries_no_more(string model)
    {
        var (made, heard) = (new TaskCompletionSource(), new TaskCompletionSource<string>());
        var text = "";
        await using var server = ProtocolServer.Start(model, () => new ScriptedProtocol
        {
            OnData = (_, data) => text += System.Text.Encoding.UTF8.GetString(data),
            OnLost = (_, reason) => heard.SetResult(reason?.Message ?? text),
        });
        await using var client = new ProtocolClient(ConcurrencyModels.Find(model));
        var factory = new ProtocolFactory(() => new ScriptedProtocol { OnMade = _ => made.SetResult() });
        var kept = new ReconnectingClient(client, server.Address, factory, Quick);
        await made.Task;
        while (kept.Current is null) await Task.Delay(1);
        kept.Current.Transport.Write("last words"u8);
        await kept.DisposeAsync();
        Assert.Equal("last words", await heard.Task);
        while (client.ActiveConnections > 0) await Task.Delay(1);
        Assert.Null(kept.Current);
    }

    [Fact(Timeout = Limit)]
    public async Task It_gives_up_after_as_many_failures_as_it_may_have()
    {
        await using var client = new ProtocolClient();
        var failures = 0;
        await using var kept = new ReconnectingClient(
            client, new IPEndPoint(IPAddress.Loopback, 1), new ProtocolFactory(() => new ScriptedProtocol()), Quick with { MaxFailures = 3 },
            onLost: _ => failures++);
        var error = await Assert.ThrowsAsync<ConnectionException>(() => kept.Completion);
        Assert.Equal((3, ConnectionError.Refused), (failures, error.Error));
        Assert.Contains("in 3 tries", error.Message);
    }

    [Fact(Timeout = Limit)]
    public async Task A_connection_that_lasted_begins_the_row_anew_and_one_that_did_not_goes_on_with_it()
    {
        await using var client = new ProtocolClient();
        await using var lasting = ProtocolServer.Start("async", () => new ScriptedProtocol
        {
            OnMade = one => one.Later(TimeSpan.FromMilliseconds(50), one.Transport.LoseConnection),
        });
        await using var brief = ProtocolServer.Start("async", () => new ScriptedProtocol { OnMade = one => one.Transport.LoseConnection() });
        var (losses, fifth) = (0, new TaskCompletionSource());
        var factory = new ProtocolFactory(() => new ScriptedProtocol());
        await using var patient = new ReconnectingClient(client, lasting.Address, factory, Quick with { MaxFailures = 3 }, onLost: _ =>
        {
            if (Interlocked.Increment(ref losses) == 5) fifth.SetResult();
        });
        await fifth.Task; // more than it may fail in a row
        var slow = Quick with { Initial = TimeSpan.FromSeconds(10), Max = TimeSpan.FromMinutes(1), MaxFailures = 1 };
        await using var gone = new ReconnectingClient(client, brief.Address, factory, slow);
        await Assert.ThrowsAsync<ConnectionException>(() => gone.Completion);
    }

    [Fact(Timeout = Limit)]
    public async Task Ending_it_ends_a_wait_and_a_try_as_well()
    {
        await using var client = new ProtocolClient();
        var waiting = new TaskCompletionSource();
        var hours = new BackOff { Initial = TimeSpan.FromHours(1), Max = TimeSpan.FromHours(1) };
        var refused = new ReconnectingClient(
            client, new IPEndPoint(IPAddress.Loopback, 1), new ProtocolFactory(() => new ScriptedProtocol()), hours, onLost: _ => waiting.SetResult());
        await waiting.Task;
        await refused.DisposeAsync();

        var layering = new TaskCompletionSource();
        await using var server = ProtocolServer.Start("async", () => new ScriptedProtocol());
        var silent = new ProtocolFactory(() => new ScriptedProtocol())
        {
            Layer = async connection =>
            {
                layering.SetResult();
                await connection.ReadAsync(new byte[1]); // a handshake that nobody answers
                return connection;
            },
        };
        var unfinished = new ReconnectingClient(client, server.Address, silent, Quick);
        await layering.Task;
        await unfinished.DisposeAsync();
        Assert.True(unfinished.Completion.IsCompletedSuccessfully);
    }
}
