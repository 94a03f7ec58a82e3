using System.Diagnostics;

namespace Argosy.Sockets.Tests;

/// <summary>Idle timeouts, repeated calls and the end as a task, under every model.</summary>
public sealed class TimingTests
{
    private const int Limit = 30_000;

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task A_peer_that_falls_silent_is_let_go_with_all_that_was_written(string model)
    {
        var watch = Stopwatch.StartNew();
        await using var server = ProtocolServer.Start(model, () => new Idler(TimeSpan.FromMilliseconds(200)));
        await using var client = await server.ConnectAsync();
        Assert.Equal("bye", await client.ReceiveTextToEndAsync());
        Assert.InRange(watch.ElapsedMilliseconds, 190, Limit);
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task A_timeout_that_is_reset_or_taken_away_does_not_come(string model)
    {
        var order = new List<string>();
        var lost = new TaskCompletionSource();
        await using var server = ProtocolServer.Start(model, () => new Idler(TimeSpan.FromMilliseconds(400))
        {
            Made = one =>
            {
                one.Later(250, () => one.Reset());
                one.Later(500, () => order.Add("500 ms"));
                one.Later(550, () => one.Set(null));
                one.Later(1000, () =>
                {
                    order.Add("1000 ms");
                    one.Set(TimeSpan.FromMilliseconds(1));
                });
            },
            OnTimedOut = () => order.Add("timed out"),
            Lost = lost.SetResult,
        });
        await using var client = await server.ConnectAsync();
        await lost.Task;
        Assert.Equal(["500 ms", "1000 ms", "timed out"], order);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task A_repeated_call_comes_until_it_is_stopped_and_makes_up_for_none_that_was_late(string model)
    {
        var (calls, running, done) = (0, true, new TaskCompletionSource());
        await using var server = ProtocolServer.Start(model, () => new ScriptedProtocol
        {
            OnMade = one =>
            {
                RepeatedCall? repeated = null;
                var watch = Stopwatch.StartNew();
                repeated = one.Transport.CallEvery(TimeSpan.FromMilliseconds(20), () =>
                {
                    calls++;
                    if (calls == 2) while (watch.ElapsedMilliseconds < 110) Thread.SpinWait(100); // blocks past the third, fourth and fifth
                    if (calls < 4) return;
                    Assert.InRange(watch.ElapsedMilliseconds, 139, Limit); // 120 and 140, not two at once
                    repeated!.Stop();
                    running = repeated.IsRunning;
                    one.Later(TimeSpan.FromMilliseconds(100), done.SetResult);
                });
            },
        });
        await using var client = await server.ConnectAsync();
        await done.Task;
        Assert.Equal((4, false), (calls, running));
        Assert.Empty(server.Errors);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task A_repeated_call_may_begin_now_and_ends_with_its_connection(string model)
    {
        RepeatedCall? repeated = null;
        var lost = new TaskCompletionSource();
        await using var server = ProtocolServer.Start(model, () => new ScriptedProtocol
        {
            OnMade = one => repeated = one.Transport.CallEvery(TimeSpan.FromHours(1), () => one.Write("tick"), isFirstNow: true),
            OnLost = (_, _) => lost.SetResult(),
        });
        await using (var client = await server.ConnectAsync())
        {
            Assert.Equal("tick", await client.ReceiveTextAsync(4));
            Assert.True(repeated!.IsRunning);
        }

        await lost.Task;
        Assert.False(repeated.IsRunning);
    }

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Models.All), MemberType = typeof(Models))]
    public async Task The_end_can_be_awaited_before_and_after_it_and_says_why(string model)
    {
        var transports = new System.Collections.Concurrent.BlockingCollection<Transport>();
        var toldAlready = false;
        await using var server = ProtocolServer.Start(model, () => new ScriptedProtocol
        {
            OnMade = one => transports.Add(one.Transport),
            OnLost = (_, _) => toldAlready = true,
        });
        var client = await server.ConnectAsync();
        var transport = transports.Take();
        var ended = transport.Ended;
        Assert.False(ended.IsCompleted);
        await client.DisposeAsync();
        Assert.Null(await ended);
        Assert.True(toldAlready);

        await using var second = await server.ConnectAsync();
        var broken = transports.Take();
        broken.AbortConnection(new InvalidOperationException("because"));
        while (server.Server.ActiveConnections > 0) await Task.Delay(1);
        Assert.Equal("because", (await broken.Ended)!.Message); // asked for after the end
    }

    [Fact]
    public void Nothing_is_repeated_without_an_interval() => Assert.Throws<ArgumentOutOfRangeException>(
        () => new RepeatedCall(new Transport(new ScriptedConnection(), 100), TimeSpan.Zero, () => { }, isFirstNow: true));

    /// <summary>Echoes, and lets a silent peer go.</summary>
    private sealed class Idler(TimeSpan period) : Protocol
    {
        public Action<Idler>? Made { get; init; }

        public Action? OnTimedOut { get; init; }

        public Action? Lost { get; init; }

        public void Set(TimeSpan? timeout) => SetTimeout(timeout);

        public void Reset() => ResetTimeout();

        public void Later(int milliseconds, Action call) => CallLater(TimeSpan.FromMilliseconds(milliseconds), call);

        protected internal override void ConnectionMade()
        {
            SetTimeout(period);
            Made?.Invoke(this);
        }

        protected internal override void DataReceived(ReadOnlySpan<byte> data)
        {
            ResetTimeout();
            Transport.Write(data);
        }

        protected override void TimedOut()
        {
            OnTimedOut?.Invoke();
            Transport.Write("bye"u8);
            base.TimedOut();
        }

        protected internal override void ConnectionLost(Exception? reason) => Lost?.Invoke();
    }
}
