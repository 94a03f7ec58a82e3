using System.Buffers;
using System.Security.Cryptography.X509Certificates;
using Argosy.Wire;

namespace Argosy.Client.Tests.Transfers;

/// <summary>
/// A large local file moves on a thread of its own (<see cref="BlockingLine"/>): it can be stopped, refused, cut and stand still there as anywhere else, and the
/// session goes on.
/// </summary>
public sealed class BulkTests : IDisposable
{
    private const int Timeout = 60_000;
    private const int Large = 5 << 20;
    private static readonly X509Certificate2 s_certificate = Certificates.SelfSigned();
    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _content = RoundTripTests.Content(Large);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = Timeout)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public async Task Chunks_of_any_length_cut_anywhere_come_together(int seed, bool tls)
    {
        await using var server = Greeting(tls, async peer =>
        {
            var get = await peer.ReadRequestAsync();
            var ping = await peer.ReadRequestAsync();
            var (random, bytes) = (new Random(seed), new ArrayBufferWriter<byte>());
            FrameEncoder.Write(bytes, new Reply { Id = get.Id, Size = Large, MTime = 0, Body = Body.Chunked }, seal: true);
            for (var at = 0; at < Large;)
            {
                var length = Math.Min(random.Next(4) == 0 ? random.Next(1, 20) : random.Next(1, Limits.Chunk + 1), Large - at);
                FrameEncoder.WriteChunkPrefix(bytes, length);
                bytes.Write(_content.AsSpan(at, length));
                at += length;
            }

            FrameEncoder.WriteEnd(bytes, new Trailer { Id = get.Id, Crc32C = Crc32C.Of(_content) }, seal: true);
            // The next answer stands behind it in the same segment.
            FrameEncoder.Write(bytes, new Reply { Id = ping.Id }, seal: true);
            for (var rest = bytes.WrittenMemory; !rest.IsEmpty;)
            {
                var cut = Math.Min(random.Next(3) == 0 ? random.Next(1, 9) : random.Next(1, 2 << 20), rest.Length);
                await peer.SendAsync(rest[..cut]);
                rest = rest[cut..];
            }

            await SayNoMoreAsync(peer);
        });
        await using var client = await ConnectAsync(server);
        var fetched = client.GetAsync("/f", _folder["f"], cancellationToken: Stop);
        await client.PingAsync(Stop);
        Assert.Equal(Large, (await fetched).Bytes);
        Assert.Equal(_content, await File.ReadAllBytesAsync(_folder["f"], Stop));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_body_of_known_length_ends_where_it_ends()
    {
        await using var server = FakeServer.Greeting(async peer =>
        {
            while (true)
            {
                var request = await peer.ReadRequestAsync();
                if (request.Command != "get")
                {
                    await peer.SendAsync(Reply.Refusal(request.Id, WireError.NotFound, ""));
                    continue;
                }

                await peer.SendAsync(new Reply { Id = request.Id, Size = Large, MTime = 0, Body = Body.Exact(Large), Crc32C = Crc32C.Of(_content) });
                await peer.SendAsync(_content);
            }
        });
        await using var client = await server.ConnectAsync();
        for (var time = 0; time < 3; time++)
            Assert.Equal(Large, (await client.GetAsync("/f", _folder["f"], cancellationToken: Stop)).Bytes);
        Assert.Equal(_content, await File.ReadAllBytesAsync(_folder["f"], Stop));
    }

    [Fact(Timeout = Timeout)]
    public async Task Chunks_go_up_in_whole_pages()
    {
        IReadOnlyList<long> chunks = [];
        await using var server = FakeServer.Greeting(async peer =>
        {
            var put = await peer.ReadRequestAsync();
            var (body, trailer, _) = await peer.ReadBodyAsync();
            chunks = peer.Chunks;
            await peer.SendAsync(new Reply { Id = put.Id, Size = body.Length, MTime = 0, Crc32C = trailer!.Crc32C });
        });
        await using var client = await server.ConnectAsync();
        await File.WriteAllBytesAsync(_folder["f"], _content.AsMemory(0, Large - 5), Stop);
        await client.PutAsync(_folder["f"], "/f", cancellationToken: Stop);
        Assert.Equal([Limits.Chunk, Limits.Chunk, Limits.Chunk, Limits.Chunk, Limits.Chunk - 5], chunks);
    }

    [Theory(Timeout = Timeout)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task Whoever_loses_interest_in_the_middle_is_let_go_and_the_session_goes_on(bool up, bool tls)
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync(tls);
        await File.WriteAllBytesAsync(server.Local["f"], _content, Stop);
        await client.PutAsync(_content, "/kept", cancellationToken: Stop);
        using var enough = new CancellationTokenSource();
        var progress = new Watcher(now =>
        {
            if (now.Bytes > Limits.Chunk)
                enough.Cancel();
        });
        var moving = up ? client.PutAsync(server.Local["f"], "/f", new PutOptions { Progress = progress }, enough.Token) as Task
            : client.GetAsync("/kept", server.Local["g"], new GetOptions { Progress = progress }, enough.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => moving);
        await client.PingAsync(Stop);
        Assert.Null(await client.StatAsync("/f", cancellationToken: Stop));
        Assert.Equal("f", server.Local.Names());
    }

    [Theory(Timeout = Timeout)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_refusal_in_the_middle_ends_it_at_the_next_chunk_and_the_session_goes_on(bool tls)
    {
        var isAbandoned = false;
        await using var server = Greeting(tls, async peer =>
        {
            var put = await peer.ReadRequestAsync();
            await peer.SendAsync(Reply.Refusal(put.Id, WireError.OverQuota, "Full"));
            isAbandoned = (await peer.ReadBodyAsync()).IsAbandoned;
            await peer.AnswerAsync(request => new Reply { Id = request.Id });
        });
        await using var client = await ConnectAsync(server);
        await MakeSparseAsync("f", 256 << 20);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => client.PutAsync(_folder["f"], "/f", cancellationToken: Stop));
        Assert.Equal("over-quota", refused.Error);
        await client.PingAsync(Stop);
        Assert.True(isAbandoned);
    }

    [Theory(Timeout = Timeout)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_takes_nothing_is_given_up(bool tls)
    {
        await using var server = Greeting(tls, peer => peer.StaySilentAsync());
        await using var client = await ConnectAsync(server, Scripts.Impatient);
        await MakeSparseAsync("f", 64 << 20);
        await Assert.ThrowsAsync<NotVerifiedException>(() => client.PutAsync(_folder["f"], "/f", cancellationToken: Stop));
    }

    [Theory(Timeout = Timeout)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_stops_in_the_middle_is_given_up(bool tls)
    {
        await using var server = Greeting(tls, async peer =>
        {
            await BeginAsync(peer, await peer.ReadRequestAsync(), Large / 2);
            await peer.StaySilentAsync();
        });
        await using var client = await ConnectAsync(server, Scripts.Impatient);
        await Assert.ThrowsAsync<NotVerifiedException>(() => client.GetAsync("/f", _folder["f"], cancellationToken: Stop));
        Assert.Equal("", _folder.Names());
    }

    [Fact(Timeout = Timeout)]
    public async Task What_comes_slowly_is_seen_as_it_comes_and_is_no_silence()
    {
        const int step = 90_000;
        var (seen, news) = (0L, new SemaphoreSlim(0));
        await using var server = FakeServer.Greeting(async peer =>
        {
            var at = await BeginAsync(peer, await peer.ReadRequestAsync(), step);
            // The rest does not come before what came is reported.
            for (; at < Large; at += Math.Min(step, Large - at))
            {
                while (Volatile.Read(ref seen) < Math.Min(at, 12 * step))
                    await news.WaitAsync(peer.Stop);
                await peer.SendAsync(_content.AsMemory(at, Math.Min(step, Large - at)));
            }

            await SayNoMoreAsync(peer);
        });
        await using var client = await server.ConnectAsync(new ClientOptions { SilenceTimeout = TimeSpan.FromSeconds(2) });
        var progress = new Watcher(now =>
        {
            Volatile.Write(ref seen, now.Bytes);
            news.Release();
        });
        Assert.Equal(Large, (await client.GetAsync("/f", _folder["f"], new GetOptions { Progress = progress }, Stop)).Bytes);
        Assert.Equal(_content, await File.ReadAllBytesAsync(_folder["f"], Stop));
    }

    [Fact(Timeout = Timeout)]
    public async Task What_came_before_the_line_broke_is_kept_for_the_next_call()
    {
        await using var server = new FakeServer(async peer =>
        {
            await peer.GreetAsync();
            Request request;
            while ((request = await peer.ReadRequestAsync()).Command == "stat")
                await peer.SendAsync(new Reply { Id = request.Id, Type = EntryType.File, Size = Large, MTime = 0, Revision = "one" });
            await BeginAsync(peer, request, Large - 7);
        });
        await using var client = await server.ConnectAsync();
        var how = new GetOptions { Resume = new UnfinishedTransfers(_folder[".state"]) };
        await Assert.ThrowsAnyAsync<ClientException>(() => client.GetAsync("/f", _folder["f"], how, Stop));
        Assert.Equal(_content[..^7], await File.ReadAllBytesAsync(Directory.GetFiles(_folder.Path, ".argosy-part-*").Single(), Stop));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_disk_that_is_full_ends_it_and_the_session_goes_on()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        await client.PutAsync(_content, "/f", cancellationToken: Stop);
        await using var full = new LocalStream(new FullDisk(_folder["f"]), "the file");
        var failure = await Assert.ThrowsAsync<LocalFileException>(() => client.GetAsync("/f", full, cancellationToken: Stop));
        Assert.Equal(LocalFault.NoSpace, failure.Fault);
        await client.PingAsync(Stop);
    }

    [Theory(Timeout = Timeout)]
    [InlineData(Large / 2)]
    [InlineData(Large + 100)]
    public async Task A_file_that_gets_another_length_while_it_is_sent_is_sent_anew(int length)
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        await File.WriteAllBytesAsync(server.Local["f"], _content, Stop);
        var isFirst = true;
        var progress = new Watcher(_ =>
        {
            if (!isFirst)
                return;
            isFirst = false;
            using var file = File.OpenHandle(server.Local["f"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            RandomAccess.SetLength(file, length);
        });
        Assert.Equal(length, (await client.PutAsync(server.Local["f"], "/f", new PutOptions { Progress = progress }, Stop)).Size);
        Assert.Equal(await File.ReadAllBytesAsync(server.Local["f"], Stop), await File.ReadAllBytesAsync(server.World.Path("f"), Stop));
    }

    [Theory(Timeout = Timeout)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_is_closed_in_the_middle_leaves_no_thread_waiting(bool tls)
    {
        var isMoving = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = Greeting(tls, async peer =>
        {
            await BeginAsync(peer, await peer.ReadRequestAsync(), Large / 2);
            await peer.StaySilentAsync();
        });
        var client = await ConnectAsync(server);
        var progress = new Watcher(_ => isMoving.TrySetResult());
        var fetching = client.GetAsync("/f", _folder["f"], new GetOptions { Progress = progress }, Stop);
        await isMoving.Task;
        await client.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => fetching);
    }

    private static FakeServer Greeting(bool tls, Func<FakePeer, Task> script) => new(
        async peer =>
        {
            await peer.GreetAsync();
            await script(peer);
        },
        tls ? s_certificate : null);

    private static Task<FileClient> ConnectAsync(FakeServer server, ClientOptions? options = null) =>
        server.ConnectAsync((options ?? new ClientOptions { SilenceTimeout = TimeSpan.FromSeconds(10) }) with { Fingerprint = Fingerprint.Of(s_certificate) });

    // Whether the file is still the same is asked at the end.
    private static Task SayNoMoreAsync(FakePeer peer) => peer.AnswerAsync(request => Reply.Refusal(request.Id, WireError.NotFound, ""));

    private async Task<int> BeginAsync(FakePeer peer, Request get, int count)
    {
        await peer.SendAsync(new Reply { Id = get.Id, Size = Large, MTime = 0, Revision = "one", Body = Body.Exact(Large), Crc32C = Crc32C.Of(_content) });
        await peer.SendAsync(_content.AsMemory(0, count));
        return count;
    }

    private async Task MakeSparseAsync(string name, long length)
    {
        await using var file = File.Create(_folder[name]);
        file.SetLength(length);
    }

    /// <summary>A disk that takes the first bytes, which come with the answer, and no more (ENOSPC).</summary>
    private sealed class FullDisk(string path) : FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0)
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("Full", 28);
    }

    private sealed class Watcher(Action<TransferProgress> see) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value) => see(value);
    }
}
