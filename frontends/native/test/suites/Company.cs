using System.Security.Cryptography;
using Argosy.FrontEnds;
using Argosy.Wire;

namespace Argosy.Native.Tests;

/// <summary>Several clients at once, sessions that lose their right, and the end of the server.</summary>
[AlsoInMemory]
public sealed class Company : ProtocolTest
{
    [Theory]
    [EverySetup]
    public async Task A_reader_sees_the_old_version_or_the_new_one_and_nothing_between()
    {
        Start();
        WireClient writer = await LoginAsync();
        WireClient reader = await LoginAsync();
        byte[] old = RandomNumberGenerator.GetBytes(100_000);
        byte[] content = RandomNumberGenerator.GetBytes(200_000);
        await writer.SendAsync("""{"cmd":"put","id":1,"path":"file","body":"chunked"}""", Frame.Chunk(old[..50_000]));
        Assert.Equal(WireError.NotFound, (await reader.GetAsync("file")).Error);
        await writer.SendAsync(Frame.Chunk(old[50_000..]), Frame.End("""{"id":1}"""));
        Assert.True((await writer.ReadAsync()).IsOk);

        await writer.BeginAsync("""{"cmd":"put","id":2,"path":"file","body":200000}""", content[..150_000]);
        Assert.Equal(old, (await reader.GetAsync("file")).Body);
        Assert.Single(Listings.Decode(await reader.AskAsync("""{"cmd":"ls"}""")));
        await writer.SendAsync(content[150_000..]);
        Assert.True((await writer.ReadAsync()).IsOk);
        Assert.Equal(content, (await reader.GetAsync("file")).Body);
    }

    [Theory]
    [EverySetup]
    public async Task Two_writers_of_one_name_end_with_one_whole_version()
    {
        Start();
        byte[][] versions = [.. Enumerable.Range(1, 2).Select(i => Enumerable.Repeat((byte)i, 500_000 + i).ToArray())];
        for (int round = 0; round < 10; round++)
        {
            await Task.WhenAll(versions.Select(async version =>
            {
                WireClient client = await LoginAsync();
                Assert.True((await client.PutAsync("file", version)).IsOk);
            }));
            byte[] result = (await (await LoginAsync()).GetAsync("file")).Body;
            Assert.Contains(versions, version => version.AsSpan().SequenceEqual(result));
        }
    }

    [Theory]
    [EverySetup]
    public async Task A_download_keeps_its_version_while_the_name_is_replaced()
    {
        Start();
        WireClient reader = await LoginAsync();
        WireClient writer = await LoginAsync();
        byte[] old = RandomNumberGenerator.GetBytes(20_000_000);
        await writer.PutAsync("file", old);
        await reader.SendAsync("""{"cmd":"get","path":"file"}""");
        while (reader.Socket.Available == 0)
            await Task.Delay(5);
        Assert.True((await writer.PutAsync("file", Frame.Text("new"))).IsOk);

        Assert.Equal(old, (await reader.ReadAsync()).Body);
        AssertText("new", (await reader.GetAsync("file")).Body);
    }

    [Theory]
    [EverySetup]
    public async Task An_upload_in_use_is_not_continued_by_another_session()
    {
        Start();
        WireClient first = await LoginAsync();
        WireClient second = await LoginAsync();
        await first.BeginAsync("""{"cmd":"put","id":1,"path":"file","body":"chunked","upload":"u"}""", Frame.Chunk([1]));

        Answer answer = await second.AskAsync("""{"cmd":"put","id":1,"path":"file","body":1,"upload":"u"}""", [1]);
        Assert.Equal(WireError.InUse, answer.Error);
    }

    [Theory]
    [EverySetup]
    public async Task A_session_ends_within_a_second_when_its_account_is_removed_even_when_idle()
    {
        Start();
        WireClient idle = await LoginAsync();
        WireClient uploading = await LoginAsync();
        await uploading.BeginAsync("""{"cmd":"put","id":6,"path":"file","body":100}""", [1]);
        long begun = Environment.TickCount64;
        World.Accounts.Remove(FileWorld.User);

        Assert.Equal(WireError.SessionEnded, (await idle.ReadAsync()).Error);
        Assert.Equal(WireError.SessionEnded, (await uploading.ReadAsync()).Error);
        Assert.InRange(Environment.TickCount64 - begun, 0, 1_000);
        Assert.True(await idle.IsClosedAsync());
        Assert.Equal(WireError.LoginFailed, (await (await ConnectAsync()).LoginAsync(FileWorld.User, FileWorld.Password)).Error);
    }

    [Theory]
    [EverySetup]
    public async Task A_session_ends_while_its_client_does_not_read_a_download()
    {
        Start();
        WireClient client = await LoginAsync();
        await client.PutAsync("file", new byte[20_000_000]);
        await client.SendAsync("""{"cmd":"get","path":"file"}""");
        await UntilFullAsync(client);
        World.Accounts.Remove(FileWorld.User);

        for (long limit = Environment.TickCount64 + 3_000; Server.ActiveConnections > 0;)
        {
            Assert.True(Environment.TickCount64 < limit);
            await Task.Delay(20);
        }
    }

    [Theory]
    [EverySetup]
    public async Task Draining_ends_the_idle_and_lets_the_busy_finish()
    {
        Start(new NativeOptions { AllowPlain = true, LingerTime = TimeSpan.FromMilliseconds(200) });
        WireClient idle = await LoginAsync();
        WireClient stranger = await ConnectAsync();
        Assert.True((await stranger.AskAsync("""{"cmd":"ping"}""")).IsOk);
        WireClient busy = await LoginAsync();
        await busy.BeginAsync("""{"cmd":"put","id":6,"path":"file","body":4}""", Frame.Text("te"));
        Task stopping = Server.StopAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(WireError.Stopping, (await idle.ReadAsync()).Error);
        Assert.Equal(WireError.Stopping, (await stranger.ReadAsync()).Error);
        Assert.True(await idle.IsClosedAsync());
        Assert.True(await stranger.IsClosedAsync());
        await busy.SendAsync(Frame.Text("xt"), Frame.Of("""{"cmd":"ping","id":7}"""));
        Answer answer = await busy.ReadAsync();
        Assert.Equal((6, true), (answer.Id, answer.IsOk));
        Assert.Equal(WireError.Stopping, (await busy.ReadAsync()).Error);
        Assert.True(await busy.IsClosedAsync());
        await stopping;
    }

    [Theory]
    [EverySetup]
    public async Task Twenty_five_clients_work_at_once()
    {
        Start();
        await Task.WhenAll(Enumerable.Range(0, 25).Select(async i =>
        {
            await using WireClient client = i % 2 == 0 ? await WireClient.ConnectAsync(Server.EndPoint) : await WireClient.ConnectTlsAsync(Server.EndPoint);
            Assert.True((await client.LoginAsync(FileWorld.User, FileWorld.Password)).IsOk);
            for (int round = 0; round < 10; round++)
            {
                byte[] content = RandomNumberGenerator.GetBytes(1 + (i * round * 1_000));
                Assert.True((await client.PutAsync($"f{i}", content)).IsOk);
                Assert.Equal(content, (await client.GetAsync($"f{i}")).Body);
            }
        }));
    }

    /// <summary>Returns once no more bytes come because the client reads none.</summary>
    private static async Task UntilFullAsync(WireClient client)
    {
        for (int same = 0, last = 0; same < 5;)
        {
            await Task.Delay(20);
            same = client.Socket.Available == last && last > 0 ? same + 1 : 0;
            last = client.Socket.Available;
        }
    }
}
