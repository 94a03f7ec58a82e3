using System.Net;
using System.Net.Sockets;

namespace Argosy.Examples.Tests;

/// <summary>One loop thread, three fetches: awaited, everybody is served meanwhile; blocking, nobody. The order of the answers shows it.</summary>
public class FanOutTests
{
    [Fact]
    public async Task Awaiting_asks_all_at_once_answers_as_each_arrives_and_serves_others_meanwhile()
    {
        using var backends = new Backends();
        await using var example = await ExampleProcess.StartAsync("fan-out", backends.Addresses);
        using var fetcher = await example.ConnectAsync();
        using var other = await example.ConnectAsync();
        Assert.Equal("fetching", await fetcher.AskAsync("fetch"));
        using var a = await backends.AcceptAsync(0);
        using var b = await backends.AcceptAsync(1);
        using var c = await backends.AcceptAsync(2); // all were asked before any has answered
        Assert.Equal("pong", await other.AskAsync("ping")); // and others are served
        foreach (var (backend, name) in new[] { (c, "c"), (a, "a"), (b, "b") })
        {
            await backend.SayAsync(name);
            Assert.Equal(name, await fetcher.HearAsync()); // at once: the others have not answered yet
        }

        Assert.Equal("3 answers", await fetcher.HearAsync());
        fetcher.Dispose();
        other.Dispose();
        await example.StopAsync();
    }

    [Fact]
    public async Task Blocking_asks_one_after_the_other_and_lets_everybody_wait()
    {
        using var backends = new Backends();
        await using var example = await ExampleProcess.StartAsync("fan-out-blocking", backends.Addresses);
        using var fetcher = await example.ConnectAsync();
        using var other = await example.ConnectAsync();
        Assert.Equal("pong", await other.AskAsync("ping"));
        Assert.Equal("fetching", await fetcher.AskAsync("fetch"));
        using var a = await backends.AcceptAsync(0);
        await other.SayAsync("ping"); // the loop is already stuck in the first fetch
        await a.SayAsync("a");
        Assert.Equal("a", await fetcher.HearAsync());
        using var b = await backends.AcceptAsync(1);
        await b.SayAsync("b");
        Assert.Equal("b", await fetcher.HearAsync());
        using var c = await backends.AcceptAsync(2);
        Assert.False(other.HasSomethingToRead); // two answers later the ping still waits
        await c.SayAsync("c");
        Assert.Equal("c", await fetcher.HearAsync());
        Assert.Equal("3 answers", await fetcher.HearAsync());
        Assert.Equal("pong", await other.HearAsync());
        fetcher.Dispose();
        other.Dispose();
        await example.StopAsync();
    }

    [Fact]
    public async Task The_latency_of_both_is_shown_side_by_side()
    {
        var (code, output, _) = await ExampleProcess.RunAsync("fan-out-latency");
        Assert.Equal(0, code);
        Assert.Collection(output,
            line => Assert.Matches(@"^awaiting: a ping waited [\d.]+ ms; [a-z, ]+ within [\d.]+ ms$", line),
            line => Assert.Matches(@"^blocking: a ping waited [\d.]+ ms; slow, medium, fast within [\d.]+ ms$", line));
    }

    /// <summary>Three servers that answer when the test lets them.</summary>
    private sealed class Backends : IDisposable
    {
        private readonly Socket[] _listeners = [Listen(), Listen(), Listen()];

        public string[] Addresses => Array.ConvertAll(_listeners, listener => $"{listener.LocalEndPoint}");

        public async Task<LineClient> AcceptAsync(int number)
        {
            using var limit = new CancellationTokenSource(ExampleProcess.Patience);
            var client = new LineClient(await _listeners[number].AcceptAsync(limit.Token));
            Assert.Equal("get", await client.HearAsync());
            return client;
        }

        public void Dispose() => Array.ForEach(_listeners, listener => listener.Dispose());

        private static Socket Listen()
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            socket.Listen();
            return socket;
        }
    }
}
