using Argosy.Wire;

namespace Argosy.Client.Tests;

/// <summary>A process that was stopped, as by Ctrl-Z or a laptop's sleep: what it missed is not the server's silence, and what was lost is made again.</summary>
public sealed class PauseTests : IDisposable
{
    private const int Timeout = 60_000;
    private const int Large = 6 << 20;
    private readonly TemporaryFolder _folder = new();
    private readonly JumpingClock _clock = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private ClientOptions Options => new() { Clock = _clock, SilenceTimeout = TimeSpan.FromSeconds(4), Password = ClientOptions.UsePassword(FakeAccounts.Password) };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_pause_is_a_look_that_comes_far_too_late()
    {
        var pauses = new PauseDetector(_clock, TimeSpan.FromSeconds(4));
        _clock.Jump(10);
        Assert.Equal(TimeSpan.Zero, pauses.Look());
        Assert.False(pauses.HasPaused);
        _clock.Jump(45);
        Assert.InRange(pauses.Look().TotalSeconds, 40, 60);
        Assert.True(pauses.HasPaused);
        for (var second = 0; second < 40; second += 4)
        {
            _clock.Jump(4);
            Assert.Equal(TimeSpan.Zero, pauses.Look());
        }

        Assert.False(pauses.HasPaused);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_pause_is_not_the_servers_silence()
    {
        var (wasAsked, mayAnswer) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = FakeServer.Greeting(async peer =>
        {
            var request = await peer.ReadRequestAsync();
            wasAsked.SetResult();
            await mayAnswer.Task;
            await peer.SendAsync(new Reply { Id = request.Id });
        });
        await using var client = await server.ConnectAsync(Options);
        var ping = client.PingAsync(Stop);
        await wasAsked.Task;
        _clock.Jump(45);
        // Two looks of the session's clock.
        await Task.WhenAny(ping, Task.Delay(1200, Stop));
        Assert.False(ping.IsCompleted);
        mayAnswer.SetResult();
        await ping;
        Assert.Equal(1, server.Connections);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("put")]
    [InlineData("get")]
    [InlineData("put, not remembered")]
    [InlineData("get, not remembered")]
    [InlineData("get to a stream")]
    [InlineData("put -r")]
    [InlineData("get -r")]
    public async Task What_the_server_gave_up_meanwhile_goes_on(string verb)
    {
        await using var real = new RealServer();
        await using var line = new PausedLine(real.Port, _clock);
        var url = real.Url(tls: false) with { Port = line.Port };
        await using var client = await FileClient.ConnectAsync(url, real.Options with { Clock = _clock, SilenceTimeout = TimeSpan.FromSeconds(30) }, Stop);
        var content = RoundTripTests.Content(Large);
        Directory.CreateDirectory(_folder["tree"]);
        foreach (var name in (string[])["a", "b", "c"])
            await File.WriteAllBytesAsync(_folder[$"tree/{name}"], content, Stop);
        var memory = verb.Contains("not", StringComparison.Ordinal) ? null : new UnfinishedTransfers(_folder["state"]);
        if (verb.StartsWith("get", StringComparison.Ordinal))
        {
            await using var direct = await real.ConnectAsync();
            await direct.PutFolderAsync(_folder["tree"], "/tree", cancellationToken: Stop).ToListAsync(Stop);
        }

        line.PauseAt(Large / 2);
        var outcomes = verb switch
        {
            "put -r" => await client.PutFolderAsync(_folder["tree"], "/tree", new TreeOptions { Resume = memory }, Stop).ToListAsync(Stop),
            "get -r" => await client.GetFolderAsync("/tree", _folder["back"], new TreeOptions { Resume = memory }, Stop).ToListAsync(Stop),
            _ => [],
        };
        Assert.DoesNotContain(outcomes, outcome => outcome.Result == TreeResult.Failed);
        if (verb.StartsWith("put", StringComparison.Ordinal) && outcomes.Count == 0)
            await client.PutAsync(_folder["tree/a"], "/a", new PutOptions { Resume = memory }, Stop);
        if (verb == "get to a stream")
        {
            await using var sink = File.Create(_folder["a"]);
            Assert.Equal(Large, (await client.GetAsync("/tree/a", sink, cancellationToken: Stop)).Bytes);
        }
        else if (verb.StartsWith("get", StringComparison.Ordinal) && outcomes.Count == 0)
        {
            await client.GetAsync("/tree/a", _folder["a"], new GetOptions { Resume = memory }, Stop);
        }

        string[] moved = verb switch
        {
            "put -r" => [.. "abc".Select(name => real.World.Path($"tree/{name}"))],
            "get -r" => [.. "abc".Select(name => _folder[$"back/{name}"])],
            _ => [verb.StartsWith("put", StringComparison.Ordinal) ? real.World.Path("a") : _folder["a"]],
        };
        foreach (var file in moved)
            Assert.Equal(content, await File.ReadAllBytesAsync(file, Stop));
        Assert.Equal(2, line.Connections);
        Assert.True(client.IsOpen);
        await client.PingAsync(Stop);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_line_that_is_lost_without_a_pause_is_lost()
    {
        await using var real = new RealServer();
        await using var line = new PausedLine(real.Port, clock: null);
        await using var client = await FileClient.ConnectAsync(real.Url(tls: false) with { Port = line.Port }, real.Options, Stop);
        line.PauseAt(Large / 2);
        await Assert.ThrowsAsync<NotReachableException>(() => client.PutAsync(new MemoryStream(new byte[Large]), "/f", cancellationToken: Stop));
        await Assert.ThrowsAsync<NotReachableException>(() => client.PingAsync(Stop));
        Assert.Equal((1, false), (line.Connections, client.IsOpen));
    }

    /// <summary>The system's clock, some time later.</summary>
    internal sealed class JumpingClock : TimeProvider
    {
        private long _ahead;

        public void Jump(int seconds) => Interlocked.Add(ref _ahead, seconds * TimestampFrequency);

        public override long GetTimestamp() => System.GetTimestamp() + Volatile.Read(ref _ahead);
    }
}
