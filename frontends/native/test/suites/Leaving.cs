using Argosy.FrontEnds;

namespace Argosy.Native.Tests;

/// <summary>Nobody works long for clients that have left, or beyond the server's end.</summary>
public sealed class Leaving : ProtocolTest
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [EverySetup("{\"cmd\":\"hash\",\"path\":\"file\"}")]
    [EverySetup("{\"cmd\":\"blocks\",\"path\":\"file\"}")]
    public async Task Requests_of_a_client_that_has_left_are_not_worked_off(string request)
    {
        Start();
        WireClient client = await LoginAsync();
        MakeSparse("file", 2L << 30);
        await client.SendAsync([.. Enumerable.Repeat(Frame.Of(request), 500)]);
        await client.DisposeAsync();

        await UntilGoneAsync();
    }

    [Theory]
    [EverySetup("hash")]
    [EverySetup("blocks")]
    [EverySetup("cp")]
    public async Task One_long_piece_of_work_ends_soon_after_its_client(string command)
    {
        Start();
        WireClient client = await LoginAsync();
        MakeSparse("file", 1L << 40);
        await client.BeginAsync($$"""{"cmd":"{{command}}","path":"file","to":"copy"}""");
        await client.DisposeAsync();

        await UntilGoneAsync();
        Assert.False(File.Exists(World.Path("copy")));
    }

    [Theory]
    [EverySetup]
    public async Task A_put_behind_work_that_nobody_waits_for_any_more_is_executed()
    {
        Start();
        WireClient client = await LoginAsync();
        MakeSparse("file", 64 << 20);
        await client.SendAsync(
            [.. Enumerable.Repeat(Frame.Of("""{"cmd":"hash","path":"file"}"""), 10), Frame.Of("""{"cmd":"put","path":"new","body":3}"""), Frame.Text("abc")]);
        client.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);

        for (long limit = Environment.TickCount64 + (long)Patience.TotalMilliseconds; !File.Exists(World.Path("new"));)
        {
            Assert.True(Environment.TickCount64 < limit);
            await Task.Delay(20);
        }
    }

    [Theory]
    [EverySetup("hash")]
    [EverySetup("blocks")]
    public async Task A_server_that_stops_waits_for_no_sums(string command)
    {
        Start(new NativeOptions { AllowPlain = true, LingerTime = TimeSpan.FromMilliseconds(100), MaxWork = 1 });
        MakeSparse("file", 1L << 40);
        var clients = new List<WireClient>();
        for (int i = 0; i < 3; i++)
        {
            clients.Add(await LoginAsync());
            await clients[i].BeginAsync($$"""{"cmd":"{{command}}","path":"file"}""");
        }

        await Server.StopAsync(TimeSpan.FromHours(1)).WaitAsync(Patience);
    }

    [Theory]
    [EverySetup]
    public async Task One_accounts_work_waits_for_its_own_and_not_for_that_of_others()
    {
        Start(new NativeOptions { AllowPlain = true, MaxWork = 1 });
        WireClient busy = await LoginAsync();
        MakeSparse("file", 1L << 40);
        await busy.BeginAsync("""{"cmd":"hash","path":"file"}""");
        WireClient other = await LoginAsync(FileWorld.Limited);
        await other.PutAsync("small", Frame.Text("x"));
        Assert.True((await other.AskAsync("""{"cmd":"hash","path":"small"}""")).IsOk);

        WireClient waiting = await LoginAsync();
        await waiting.PutAsync("small", Frame.Text("x"));
        await waiting.SendAsync("""{"cmd":"hash","id":5,"path":"small"}""");
        await Task.Delay(300);
        Assert.Equal(0, waiting.Socket.Available);
        await busy.DisposeAsync();
        Assert.Equal((5, true), ((await waiting.ReadAsync()) is { } answer ? (answer.Id, answer.IsOk) : default));
    }

    private void MakeSparse(string name, long size)
    {
        using FileStream file = File.Create(World.Path(name));
        file.SetLength(size);
    }

    private async Task UntilGoneAsync()
    {
        for (long limit = Environment.TickCount64 + (long)Patience.TotalMilliseconds; Server.ActiveConnections > 0;)
        {
            Assert.True(Environment.TickCount64 < limit);
            await Task.Delay(20);
        }
    }
}
