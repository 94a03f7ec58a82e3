using Argosy.Wire;

namespace Argosy.Native.Tests;

/// <summary>docs/protocol.md section 1: lengths and headers, and what is refused before it costs anything.</summary>
public sealed class Framing : ProtocolTest
{
    [Theory]
    [EverySetup]
    public async Task A_reply_repeats_the_id_and_omits_it_where_there_was_none()
    {
        Start();
        WireClient client = await ConnectAsync();

        Assert.Equal(9_007_199_254_740_992, (await client.AskAsync("""{"cmd":"ping","id":9007199254740992}""")).Id);
        Answer answer = await client.AskAsync("""{"cmd":"ping"}""");
        Assert.True(answer.IsOk);
        Assert.Null(answer.Id);
    }

    [Theory]
    [EverySetup]
    public async Task Unknown_keys_are_ignored_and_a_frame_may_come_byte_by_byte()
    {
        Start();
        WireClient client = await ConnectAsync();
        foreach (byte value in Frame.Of("""{"new":{"a":[1,"x",null]},"cmd":"ping","id":7}"""))
            await client.SendAsync([value]);

        Assert.Equal(7, (await client.ReadAsync()).Id);
    }

    [Theory]
    [EverySetup("[]")]
    [EverySetup("7")]
    [EverySetup("{")]
    [EverySetup("{} {}")]
    [EverySetup("""{"cmd":"ping","id":1,"id":2}""")]
    [EverySetup("""{"cmd":"ping","x":1,"x":2}""")]
    [EverySetup("""{"cmd":"ping","x":{"y":1,"y":2}}""")]
    [EverySetup("""{"cmd":"ping","id":1.5}""")]
    [EverySetup("""{"cmd":"ping","id":1e3}""")]
    [EverySetup("""{"cmd":"ping","id":9007199254740993}""")]
    [EverySetup("""{"cmd":"ping","x":-9007199254740993}""")]
    [EverySetup("""{"cmd":"ping","x":"\ud800"}""")]
    [EverySetup("""{"cmd":"put","path":"a","body":-1}""")]
    [EverySetup("""{"cmd":"put","path":"a","body":"all"}""")]
    public async Task What_is_no_header_is_a_bad_frame_and_ends_the_connection(string header)
    {
        Start();
        WireClient client = await ConnectAsync();

        Answer answer = await client.AskAsync(header);

        Assert.Equal(WireError.BadFrame, answer.Error);
        Assert.True(await client.IsClosedAsync());
    }

    [Theory]
    [EverySetup]
    public async Task Invalid_utf8_is_a_bad_frame()
    {
        Start();
        WireClient client = await ConnectAsync();
        await client.SendAsync(Frame.Of([.. "{\"cmd\":\"ping\",\"x\":\""u8, 0xff, .. "\"}"u8]));

        Assert.Equal(WireError.BadFrame, (await client.ReadAsync()).Error);
    }

    [Theory]
    [EverySetup(0, WireError.BadFrame)]
    [EverySetup(4_097, WireError.TooLarge)]
    [EverySetup(uint.MaxValue, WireError.TooLarge)]
    public async Task A_length_is_judged_before_anything_follows_it(uint length, WireError error)
    {
        Start();
        WireClient client = await ConnectAsync();
        await client.SendAsync(Frame.Length(length));

        Assert.Equal(error, (await client.ReadAsync()).Error);
        Assert.True(await client.IsClosedAsync());
    }

    [Theory]
    [EverySetup]
    public async Task The_cap_is_4096_before_login_and_65536_after()
    {
        Start();
        WireClient client = await ConnectAsync();
        Assert.True((await client.AskAsync(PingOf(4_096))).IsOk);
        Assert.True((await client.LoginAsync(FrontEnds.FileWorld.User, FrontEnds.FileWorld.Password)).IsOk);
        Assert.True((await client.AskAsync(PingOf(65_536))).IsOk);

        await client.SendAsync(Frame.Length(65_537));
        Assert.Equal(WireError.TooLarge, (await client.ReadAsync()).Error);
    }

    [Theory]
    [EverySetup]
    public async Task A_frame_that_stands_still_times_out()
    {
        Start(new NativeOptions { AllowPlain = true, FrameTime = TimeSpan.FromMilliseconds(150) });
        WireClient client = await ConnectAsync();
        await client.SendAsync(Frame.Of("""{"cmd":"ping"}""")[..9]);

        Assert.Equal(WireError.Timeout, (await client.ReadAsync()).Error);
        Assert.True(await client.IsClosedAsync());
    }

    [Theory]
    [EverySetup]
    public async Task A_frame_that_trickles_times_out()
    {
        Start(new NativeOptions { AllowPlain = true, FrameTime = TimeSpan.FromMilliseconds(300) });
        WireClient client = await ConnectAsync();
        byte[] frame = Frame.Of(PingOf(2_000));
        Task<Answer> reading = client.ReadAsync();
        for (int i = 0; i < frame.Length && !reading.IsCompleted; i++)
        {
            await client.SendAsync([frame[i]]);
            await Task.WhenAny(reading, Task.Delay(20));
        }

        Assert.Equal(WireError.Timeout, (await reading).Error);
    }

    [Theory]
    [EverySetup]
    public async Task Silence_before_login_ends_at_the_login_deadline_and_a_session_after_its_idle_time()
    {
        Start(new NativeOptions
        {
            AllowPlain = true,
            LoginTime = TimeSpan.FromMilliseconds(500),
            IdleTime = TimeSpan.FromSeconds(2),
        });
        WireClient silent = await ConnectAsync();
        WireClient stranger = await ConnectAsync();
        Assert.True((await stranger.AskAsync("""{"cmd":"ping"}""")).IsOk);
        WireClient session = await LoginAsync();

        Assert.Equal(WireError.Timeout, (await stranger.ReadAsync()).Error);
        Assert.True(await silent.IsClosedAsync());
        Assert.True((await session.AskAsync("""{"cmd":"ping"}""")).IsOk);
        Assert.Equal(WireError.Timeout, (await session.ReadAsync()).Error);
    }

    [Theory]
    [EverySetup]
    public async Task Random_bytes_are_refused_while_others_are_served()
    {
        Start(new NativeOptions { AllowPlain = true, FrameTime = TimeSpan.FromMilliseconds(200), LoginTime = TimeSpan.FromSeconds(1) });
        WireClient good = await LoginAsync();
        var random = new Random(20_260_101);
        for (int round = 0; round < 20; round++)
        {
            WireClient bad = await ConnectAsync();
            byte[] noise = new byte[random.Next(4, 5_000)];
            random.NextBytes(noise);
            await bad.SendAsync(noise);
            Assert.True((await good.PutAsync("file", noise)).IsOk);
            Assert.Equal(noise, (await good.GetAsync("file")).Body);
            Assert.True(await bad.IsClosedAsync());
        }
    }

    [Theory]
    [EverySetup]
    public async Task The_server_never_speaks_first()
    {
        Start();
        WireClient client = await ConnectAsync();
        Task<Answer> reading = client.ReadAsync();
        WireClient other = await LoginAsync();
        Assert.True((await other.AskAsync("""{"cmd":"ping"}""")).IsOk);

        Assert.False(reading.IsCompleted);
        await client.SendAsync("""{"cmd":"ping","id":3}""");
        Assert.Equal(3, (await reading).Id);
    }

    [Theory]
    [EverySetup]
    public async Task A_client_may_stop_sending_and_still_read_its_answers()
    {
        Start();
        WireClient client = await ConnectAsync();
        await client.SendAsync(Frame.Of("""{"cmd":"ping","id":1}"""), Frame.Of("""{"cmd":"ping","id":2}"""));
        client.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);

        Assert.Equal(1, (await client.ReadAsync()).Id);
        Assert.Equal(2, (await client.ReadAsync()).Id);
        await Assert.ThrowsAsync<EndOfStreamException>(client.ReadAsync);
    }

    private static string PingOf(int length)
    {
        const string frame = """{"cmd":"ping","x":""}""";
        return frame[..^2] + new string('x', length - frame.Length) + frame[^2..];
    }
}
