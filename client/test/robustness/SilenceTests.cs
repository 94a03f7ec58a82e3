using Argosy.Wire;

namespace Argosy.Client.Tests.Robustness;

/// <summary>Servers that stop, or all but stop, in every place where one can. Each ends within the time that <see cref="ClientOptions"/> gives.</summary>
public sealed class SilenceTests : IDisposable
{
    private const int Timeout = 10_000;
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = Timeout)]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(20)]
    public async Task Silence_in_the_middle_of_a_header_ends_the_session(int bytes)
    {
        await using var server = FakeServer.Greeting(async peer =>
        {
            await peer.ReadRequestAsync();
            await peer.SendAsync("\u0040\0\0\0{\"id\":2,\"status\":\"ok\",\"pa"u8[..bytes].ToArray());
            await peer.StaySilentAsync();
        });
        await using var client = await server.ConnectAsync(Scripts.Impatient);
        if (bytes == 0)
            await Assert.ThrowsAsync<NotReachableException>(() => client.PingAsync(Stop));
        else
            await Assert.ThrowsAsync<NotVerifiedException>(() => client.PingAsync(Stop));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_greeting_that_trickles_is_silence()
    {
        await using var server = new FakeServer(async peer =>
        {
            await peer.ReadRequestAsync();
            await peer.SendAsync(BitConverter.GetBytes(4000));
            await TrickleAsync(peer, "{"u8.ToArray());
        });
        await Assert.ThrowsAsync<NotVerifiedException>(() => server.ConnectAsync(Scripts.Impatient));
    }

    [Theory(Timeout = Timeout)]
    [InlineData("ls")]
    [InlineData("uploads")]
    [InlineData("get")]
    public async Task A_body_that_trickles_is_silence(string command)
    {
        await using var server = FakeServer.Greeting(async peer =>
        {
            var request = await peer.ReadRequestAsync();
            await peer.SendAsync(new Reply { Id = request.Id, Size = 1_000_000, MTime = 0, Body = Body.Chunked });
            await TrickleAsync(peer, [1, 0, 0, 0, (byte)'x']);
        });
        await using var client = await server.ConnectAsync(Scripts.Impatient);
        await Assert.ThrowsAsync<NotVerifiedException>(() => AskAsync(client, command));
        Assert.Equal("", _folder.Names());
    }

    [Theory(Timeout = Timeout)]
    [InlineData("ls")]
    [InlineData("uploads")]
    [InlineData("stat")]
    [InlineData("put")]
    [InlineData("get")]
    [InlineData("put -r")]
    [InlineData("get -r")]
    public async Task Silence_ends_each_operation(string command)
    {
        await using var server = FakeServer.Greeting(async peer =>
        {
            await peer.ReadRequestAsync();
            await peer.StaySilentAsync();
        });
        await using var client = await server.ConnectAsync(Scripts.Impatient);
        await Assert.ThrowsAnyAsync<ClientException>(() => AskAsync(client, command));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_server_that_refuses_an_upload_and_takes_nothing_more_is_given_up()
    {
        var sent = new Sent();
        await using var server = FakeServer.Greeting(async peer =>
        {
            var put = await peer.ReadRequestAsync();
            // Not before the client is stuck in the middle of a chunk: nothing moves any more.
            for (var before = -1L; before != sent.Bytes || before < 1; await Task.Delay(100, peer.Stop))
                before = sent.Bytes;
            await peer.SendAsync(Reply.Refusal(put.Id, WireError.OverQuota, "Full"));
            await peer.StaySilentAsync();
        });
        await using var client = await server.ConnectAsync(new ClientOptions { SilenceTimeout = TimeSpan.FromSeconds(1) });
        // More than both sockets' buffers take.
        using var source = new MemoryStream(new byte[64 << 20]);
        await Assert.ThrowsAnyAsync<ClientException>(() => client.PutAsync(source, "/f", new PutOptions { Progress = sent }, Stop));
        await Assert.ThrowsAnyAsync<ClientException>(() => client.PutAsync(new byte[60_000], "/g", cancellationToken: Stop));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_server_that_takes_nothing_of_an_upload_is_given_up()
    {
        await using var server = FakeServer.Greeting(peer => peer.StaySilentAsync());
        await using var client = await server.ConnectAsync(Scripts.Impatient);
        using var source = new MemoryStream(new byte[64 << 20]);
        await Assert.ThrowsAsync<NotVerifiedException>(() => client.PutAsync(source, "/f", cancellationToken: Stop));
    }

    [Fact(Timeout = Timeout)]
    public async Task Silence_within_a_listing_after_it_was_abandoned_is_given_up()
    {
        await using var server = FakeServer.Greeting(async peer =>
        {
            var list = await peer.ReadRequestAsync();
            await peer.SendAsync(new Reply { Id = list.Id, Body = Body.Chunked });
            await peer.SendAsync(new byte[] { 0xff, 0xff, 0xff, 0xff });
            await peer.StaySilentAsync();
        });
        await using var client = await server.ConnectAsync(Scripts.Impatient);
        await Assert.ThrowsAnyAsync<ClientException>(() => AskAsync(client, "ls"));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_slow_sink_is_not_the_servers_silence()
    {
        await using var server = FakeServer.Greeting(async peer =>
        {
            var get = await peer.ReadRequestAsync();
            await peer.SendAsync(new Reply { Id = get.Id, Size = 3, MTime = 0, Body = Body.Exact(3), Crc32C = Crc32C.Of("abc"u8) });
            await peer.SendAsync("a"u8.ToArray());
            await peer.SendAsync("bc"u8.ToArray());
        });
        await using var client = await server.ConnectAsync(Scripts.Impatient);
        using var sink = new SlowSink(TimeSpan.FromMilliseconds(1200));
        Assert.Equal(3, (await client.GetAsync("/f", sink, cancellationToken: Stop)).Bytes);
    }

    private Task AskAsync(FileClient client, string command)
    {
        Directory.CreateDirectory(_folder[".tree"]);
        File.WriteAllText(_folder[".tree/f"], "text");
        Task asked = command switch
        {
            "ls" => client.ListAsync("/", Stop).ToListAsync(Stop).AsTask(),
            "uploads" => client.ListUploadsAsync(Stop).ToListAsync(Stop).AsTask(),
            "stat" => client.StatAsync("/f", cancellationToken: Stop),
            "put" => client.PutAsync(new byte[3], "/f", cancellationToken: Stop),
            "get" => client.GetAsync("/f", _folder["f"], cancellationToken: Stop),
            "put -r" => client.PutFolderAsync(_folder[".tree"], "/t", cancellationToken: Stop).ToListAsync(Stop).AsTask(),
            _ => client.GetFolderAsync("/", _folder["t"], cancellationToken: Stop).ToListAsync(Stop).AsTask(),
        };
        return RemoveAsync();

        async Task RemoveAsync()
        {
            try
            {
                await asked;
            }
            finally
            {
                Directory.Delete(_folder[".tree"], recursive: true);
            }
        }
    }

    // Time is what is tested here: something comes again and again, sooner than silence would be noticed.
    private static async Task TrickleAsync(FakePeer peer, byte[] piece)
    {
        while (true)
        {
            await Task.Delay(50, peer.Stop);
            await peer.SendAsync(piece);
        }
    }

    private sealed class Sent : IProgress<TransferProgress>
    {
        private long _bytes;

        public long Bytes => Volatile.Read(ref _bytes);

        public void Report(TransferProgress value) => Volatile.Write(ref _bytes, value.Bytes);
    }

    private sealed class SlowSink(TimeSpan pause) : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(pause, cancellationToken);
            await base.WriteAsync(buffer, cancellationToken);
        }
    }
}
