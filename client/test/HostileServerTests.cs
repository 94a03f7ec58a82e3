using System.Text;
using Argosy.Wire;

namespace Argosy.Client.Tests;

/// <summary>What a server can say against the protocol. None of it may be kept, shown as it is, waited for without end or held in memory.</summary>
public sealed class HostileServerTests : IDisposable
{
    private const int Timeout = 20_000;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = Timeout)]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("220 ftp.example FTP server ready\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.9\r\n")]
    [InlineData("\0\0\0\0")]
    [InlineData("\u0002\0\0\0{}")]
    public async Task Another_protocol_is_noticed(string answer)
    {
        await using var server = new FakeServer(peer => peer.SendAsync(Encoding.Latin1.GetBytes(answer)));
        await Assert.ThrowsAsync<NotVerifiedException>(() => server.ConnectAsync());
    }

    [Fact(Timeout = Timeout)]
    public async Task A_header_over_the_cap_is_refused_before_it_comes()
    {
        await using var server = new FakeServer(async peer =>
        {
            await peer.ReadRequestAsync();
            await peer.SendAsync(new byte[] { 0xff, 0xff, 0xff, 0x7f });
            await peer.StaySilentAsync();
        });
        var error = await Assert.ThrowsAsync<NotVerifiedException>(() => server.ConnectAsync());
        Assert.Contains("cap", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task An_unsealed_answer_is_refused()
    {
        await using var server = new FakeServer(async peer =>
        {
            var hello = await peer.ReadRequestAsync();
            await peer.SendAsync(peer.Greeting(hello), seal: false);
        });
        await Assert.ThrowsAsync<NotVerifiedException>(() => server.ConnectAsync());
    }

    [Fact(Timeout = Timeout)]
    public async Task A_word_before_the_first_frame_is_understood_without_a_seal()
    {
        await using var server = new FakeServer(peer =>
            peer.SendAsync(new Reply { Status = ReplyStatus.Error, Error = WireError.Busy, Message = "Too many connections" }, seal: false));
        var refused = await Assert.ThrowsAsync<RefusedException>(() => server.ConnectAsync());
        Assert.Equal(("busy", 1), (refused.Error, refused.ExitCode));
        Assert.Contains("Too many connections. Try again later.", refused.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task Replies_in_another_order_end_the_session()
    {
        await using var server = FakeServer.Greeting(async peer =>
        {
            var first = await peer.ReadRequestAsync();
            var second = await peer.ReadRequestAsync();
            await peer.SendAllAsync(new Reply { Id = second.Id }, new Reply { Id = first.Id });
        });
        await using var client = await server.ConnectAsync();
        var first = client.RemoveAsync("/a");
        var second = client.RemoveAsync("/b");
        await Assert.ThrowsAsync<NotVerifiedException>(() => first);
        await Assert.ThrowsAsync<NotVerifiedException>(() => second);
        await Assert.ThrowsAsync<NotVerifiedException>(() => client.PingAsync());
    }

    [Fact(Timeout = Timeout)]
    public async Task An_answer_that_nobody_asked_for_ends_the_session()
    {
        await using var server = FakeServer.Greeting(peer => peer.SendAsync(new Reply { Id = 77 }));
        await using var client = await server.ConnectAsync();
        await Assert.ThrowsAsync<NotVerifiedException>(() => client.PingAsync());
    }

    [Fact(Timeout = Timeout)]
    public async Task A_server_that_ends_the_connection_is_not_reachable()
    {
        await using var server = FakeServer.Greeting(async peer => await peer.ReadRequestAsync());
        await using var client = await server.ConnectAsync();
        await Assert.ThrowsAsync<NotReachableException>(() => client.PingAsync());
        await Assert.ThrowsAsync<NotReachableException>(() => client.PingAsync());
    }

    [Fact(Timeout = Timeout)]
    public async Task A_silent_server_is_given_up()
    {
        await using var server = FakeServer.Greeting(peer => peer.StaySilentAsync());
        await using var client = await server.ConnectAsync(new ClientOptions { SilenceTimeout = TimeSpan.FromMilliseconds(200) });
        await Assert.ThrowsAsync<NotReachableException>(() => client.PingAsync());
    }

    [Fact(Timeout = Timeout)]
    public async Task A_server_that_never_greets_is_given_up()
    {
        await using var server = new FakeServer(peer => peer.StaySilentAsync());
        await Assert.ThrowsAsync<NotReachableException>(
            () => server.ConnectAsync(new ClientOptions { SilenceTimeout = TimeSpan.FromMilliseconds(200) }));
    }

    [Fact(Timeout = Timeout)]
    public async Task Silence_in_the_middle_of_a_download_keeps_nothing()
    {
        await using var server = FakeServer.Greeting(async peer =>
        {
            var get = await peer.ReadRequestAsync();
            await peer.SendAsync(Announce(get, 100, Body.Exact(100)));
            await peer.SendAsync(new byte[50]);
            await peer.StaySilentAsync();
        });
        await using var client = await server.ConnectAsync(new ClientOptions { SilenceTimeout = TimeSpan.FromMilliseconds(200) });
        await Assert.ThrowsAsync<NotVerifiedException>(() => client.GetAsync("/f", _folder["f"]));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_slow_source_is_not_the_servers_silence()
    {
        await using var server = FakeServer.Greeting(async peer =>
        {
            var put = await peer.ReadRequestAsync();
            var body = await peer.ReadBodyAsync();
            await peer.SendAsync(new Reply { Id = put.Id, Size = body.Content.Length, MTime = 0 });
        });
        await using var client = await server.ConnectAsync(new ClientOptions { SilenceTimeout = TimeSpan.FromMilliseconds(150) });
        var source = new SlowStream(new byte[100_000], TimeSpan.FromMilliseconds(700), pauseAt: 70_000);
        Assert.Equal(100_000, (await client.PutAsync(source, "/f")).Size);
    }

    public static TheoryData<string> Lies =>
    [
        "size missing", "mtime missing", "wrong offset", "body missing", "body shorter than size", "body longer than size",
        "chunks shorter than size", "chunks longer than size", "wrong sum", "sum missing", "wrong sum in trailer", "sum missing in trailer",
    ];

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(Lies))]
    public async Task A_lie_about_a_file_keeps_nothing(string lie)
    {
        await using var server = FakeServer.Greeting(async peer => await LieAsync(peer, await peer.ReadRequestAsync(), lie));
        await using var client = await server.ConnectAsync();
        await File.WriteAllTextAsync(_folder["f"], "old");
        await Assert.ThrowsAsync<NotVerifiedException>(() => client.GetAsync("/f", _folder["f"]));
        Assert.Equal("old", await File.ReadAllTextAsync(_folder["f"]));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_download_that_the_server_abandons_says_why_and_keeps_nothing()
    {
        await using var server = FakeServer.Greeting(async peer =>
        {
            var get = await peer.ReadRequestAsync();
            await peer.SendAsync(Announce(get, 100, Body.Chunked));
            await peer.SendChunkAsync(new byte[10]);
            await peer.SendAsync(new byte[] { 0xff, 0xff, 0xff, 0xff });
            await peer.SendAsync(Refuse(get, WireError.Storage, "The disk failed"));
            await peer.SendAsync(new Reply { Id = (await peer.ReadRequestAsync()).Id });
        });
        await using var client = await server.ConnectAsync();
        var refused = await Assert.ThrowsAsync<RefusedException>(() => client.GetAsync("/f", _folder["f"]));
        Assert.Equal("storage", refused.Error);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
        await client.PingAsync();
    }

    [Fact(Timeout = Timeout)]
    public async Task An_abandoned_download_that_is_confirmed_all_the_same_ends_the_session()
    {
        await using var server = FakeServer.Greeting(async peer =>
        {
            var get = await peer.ReadRequestAsync();
            await peer.SendAsync(Announce(get, 4, Body.Chunked));
            await peer.SendAsync(new byte[] { 0xff, 0xff, 0xff, 0xff });
            await peer.SendAsync(Announce(get, 0, Body.Exact(0)));
        });
        await using var client = await server.ConnectAsync();
        await Assert.ThrowsAsync<NotVerifiedException>(() => client.GetAsync("/f", _folder["f"]));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_put_that_is_confirmed_before_it_was_sent_is_not_believed()
    {
        await using var server = FakeServer.Greeting(async peer =>
        {
            var put = await peer.ReadRequestAsync();
            await peer.SendAsync(new Reply { Id = put.Id, Size = 70_000, MTime = 0 });
            await peer.StaySilentAsync();
        });
        await using var client = await server.ConnectAsync();
        var source = new SlowStream(new byte[100_000], TimeSpan.FromSeconds(60), pauseAt: 70_000);
        await Assert.ThrowsAsync<NotVerifiedException>(() => client.PutAsync(source, "/f"));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_put_of_another_size_than_sent_is_not_believed()
    {
        await using var server = FakeServer.Greeting(async peer =>
        {
            var put = await peer.ReadRequestAsync();
            await peer.ReadBodyAsync();
            await peer.SendAsync(new Reply { Id = put.Id, Size = 2, MTime = 0 });
        });
        await using var client = await server.ConnectAsync();
        await Assert.ThrowsAsync<NotVerifiedException>(() => client.PutAsync(new byte[3], "/f"));
    }

    [Theory(Timeout = Timeout)]
    [InlineData(WireError.Damaged)]
    [InlineData(WireError.BadFrame)]
    [InlineData(WireError.Timeout)]
    [InlineData(WireError.Mismatch)]
    public async Task Damage_that_the_server_saw_is_not_a_refusal(WireError error)
    {
        await using var server = FakeServer.Greeting(async peer => await peer.SendAsync(Refuse(await peer.ReadRequestAsync(), error, "")));
        await using var client = await server.ConnectAsync();
        await Assert.ThrowsAsync<NotVerifiedException>(() => client.PutAsync(new byte[3], "/f"));
    }

    [Fact(Timeout = Timeout)]
    public async Task What_a_server_says_cannot_upset_a_terminal()
    {
        await using var server = FakeServer.Greeting(async peer =>
        {
            var request = await peer.ReadRequestAsync();
            await peer.SendAsync(Encode($$"""{"id":{{request.Id}},"status":"error","error":"e\u001b[31m","message":"a\u001b]0;owned\u0007\n{{new string('x', 3000)}}"}"""));
        });
        await using var client = await server.ConnectAsync();
        var refused = await Assert.ThrowsAsync<RefusedException>(() => client.PingAsync());
        Assert.DoesNotContain(refused.Message + refused.Error, character => char.IsControl(character));
        Assert.StartsWith(@"a\x1b]0;owned\x07\nxxx", refused.Message, StringComparison.Ordinal);
        Assert.True(refused.Message.Length < 500);
        Assert.Equal(@"e\x1b[31m", refused.Error);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("""{"name":"../x","type":"file","size":1,"mtime":0}""")]
    [InlineData("""{"name":"/etc/passwd","type":"file","size":1,"mtime":0}""")]
    [InlineData("""{"name":"..","type":"folder","mtime":0}""")]
    [InlineData("""{"name":".","type":"folder","mtime":0}""")]
    [InlineData("""{"name":"","type":"file","size":1,"mtime":0}""")]
    [InlineData("""{"type":"file","size":1,"mtime":0}""")]
    [InlineData("""{"name_b64":"YQBi","type":"file","size":1,"mtime":0}""")]
    [InlineData("""{"name":"a","size":1,"mtime":0}""")]
    [InlineData("""{"name":"a","type":"file","size":-1,"mtime":0}""")]
    [InlineData("""{"name":"a","type":"file","size":1.5,"mtime":0}""")]
    [InlineData("""{"name":"a","name":"b","type":"file","size":1,"mtime":0}""")]
    [InlineData("""not json""")]
    public async Task A_name_that_cannot_be_one_makes_the_listing_invalid(string line)
    {
        await using var server = FakeServer.Greeting(peer => ListAsync(peer, Encoding.UTF8.GetBytes(line + "\n"), 1));
        await using var client = await server.ConnectAsync();
        await Assert.ThrowsAsync<NotVerifiedException>(async () => await client.ListAsync("/").ToListAsync());
    }

    [Theory(Timeout = Timeout)]
    [InlineData(2, "\n")]
    [InlineData(1, "")]
    [InlineData(0, "\n")]
    public async Task A_listing_that_is_not_complete_is_invalid(int count, string end)
    {
        await using var server = FakeServer.Greeting(peer =>
            ListAsync(peer, Encoding.UTF8.GetBytes("""{"name":"a","type":"file","size":1,"mtime":0}""" + end), count));
        await using var client = await server.ConnectAsync();
        await Assert.ThrowsAsync<NotVerifiedException>(async () => await client.ListAsync("/").ToListAsync());
    }

    [Fact(Timeout = Timeout)]
    public async Task A_line_without_end_is_not_held_in_memory()
    {
        await using var server = FakeServer.Greeting(peer => ListAsync(peer, Encoding.UTF8.GetBytes(new string('x', 1_000_000)), 1));
        await using var client = await server.ConnectAsync();
        await Assert.ThrowsAsync<NotVerifiedException>(async () => await client.ListAsync("/").ToListAsync());
    }

    [Fact(Timeout = Timeout)]
    public async Task A_long_listing_waits_on_disk_while_other_requests_go_on()
    {
        var lines = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 100_000).Select(
            number => $$"""{"name":"file-{{number:000000}}","type":"file","size":{{number}},"mtime":0,"mode":420}""" + "\n")));
        await using var server = FakeServer.Greeting(async peer =>
        {
            await ListAsync(peer, lines, 100_000);
            while (true)
                await peer.SendAsync(new Reply { Id = (await peer.ReadRequestAsync()).Id });
        });
        await using var client = await server.ConnectAsync();
        var count = 0;
        await foreach (var entry in client.ListAsync("/"))
        {
            Assert.Equal(count, entry.Size);
            if (count++ % 10_000 == 0)
                await client.PingAsync();
        }

        Assert.Equal(100_000, count);
    }

    private static async Task LieAsync(FakePeer peer, Request get, string lie)
    {
        byte[] content = [1, 2, 3, 4];
        var sum = Crc32C.Of(content);
        switch (lie)
        {
            case "size missing":
                await peer.SendAsync(new Reply { Id = get.Id, MTime = 0, Body = Body.Exact(4), Crc32C = sum });
                break;
            case "mtime missing":
                await peer.SendAsync(new Reply { Id = get.Id, Size = 4, Body = Body.Exact(4), Crc32C = sum });
                break;
            case "wrong offset":
                await peer.SendAsync(new Reply { Id = get.Id, Size = 4, MTime = 0, Offset = 1, Body = Body.Exact(3), Crc32C = sum });
                break;
            case "body missing":
                await peer.SendAsync(Announce(get, 4, Body.None));
                return;
            case "body shorter than size":
                await peer.SendAsync(Announce(get, 5, Body.Exact(4), sum));
                break;
            case "body longer than size":
                await peer.SendAsync(Announce(get, 3, Body.Exact(4), sum));
                break;
            case "wrong sum":
                await peer.SendAsync(Announce(get, 4, Body.Exact(4), sum ^ 1));
                break;
            case "sum missing":
                await peer.SendAsync(Announce(get, 4, Body.Exact(4)));
                break;
            default:
                await peer.SendAsync(Announce(get, lie == "chunks shorter than size" ? 5 : lie == "chunks longer than size" ? 3 : 4, Body.Chunked));
                await peer.SendChunkAsync(content);
                await peer.SendEndAsync(new Trailer
                {
                    Id = get.Id,
                    Crc32C = lie == "sum missing in trailer" ? null : lie == "wrong sum in trailer" ? sum ^ 1 : sum,
                });
                return;
        }

        await peer.SendAsync(content);
    }

    private static async Task ListAsync(FakePeer peer, byte[] lines, int count)
    {
        var list = await peer.ReadRequestAsync();
        await peer.SendAsync(new Reply { Id = list.Id, Body = Body.Chunked });
        foreach (var chunk in lines.Chunk(64 * 1024))
            await peer.SendChunkAsync(chunk);
        await peer.SendEndAsync(new Trailer { Id = list.Id, Count = count, Crc32C = Crc32C.Of(lines) });
    }

    private static Reply Announce(Request get, long size, Body body, uint? sum = null) =>
        new() { Id = get.Id, Size = size, Offset = 0, MTime = 0, Mode = 0x1a4, Body = body, Crc32C = sum };

    private static Reply Refuse(Request request, WireError error, string message) =>
        new() { Id = request.Id, Status = ReplyStatus.Error, Error = error, Message = message };

    // Sealed by hand, because the codec would not write such a reply (docs/protocol.md section 1.2).
    private static byte[] Encode(string json)
    {
        var covered = Encoding.UTF8.GetBytes(json[..^1] + ",");
        byte[] unsealed = [.. BitConverter.GetBytes(covered.Length + 17), .. covered];
        return [.. unsealed, .. Encoding.ASCII.GetBytes($"\"sum\":\"{Crc32C.Of(unsealed):x8}\"}}")];
    }
}
