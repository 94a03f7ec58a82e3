using Argosy.Wire;

namespace Argosy.Client.Tests.Transfers;

/// <summary>A file that changes while it travels, in either direction: what is kept is one version, or nothing.</summary>
public sealed class MixTests : IDisposable
{
    private const int Timeout = 60_000;
    private const int Large = 3 << 20;
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    public static TheoryData<bool, bool> HowItComes => new() { { true, true }, { true, false }, { false, true }, { false, false } };

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(HowItComes))]
    public async Task What_changed_after_it_was_begun_is_fetched_anew(bool hasRevision, bool isResumable)
    {
        await using var file = new ChangingFile(hasRevision, changes: 2);
        await using var client = await file.Server.ConnectAsync();
        await client.GetAsync("/f", _folder["f"], new GetOptions { Resume = isResumable ? new UnfinishedTransfers(_folder["state"]) : null }, Stop);
        Assert.Equal(file.Content, await File.ReadAllBytesAsync(_folder["f"], Stop));
        Assert.InRange(file.Gets, 3, 10);
    }

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(HowItComes))]
    public async Task What_never_stands_still_is_given_up(bool hasRevision, bool isResumable)
    {
        await using var file = new ChangingFile(hasRevision, changes: int.MaxValue);
        await using var client = await file.Server.ConnectAsync();
        await File.WriteAllTextAsync(_folder["f"], "old", Stop);
        var how = new GetOptions { Resume = isResumable ? new UnfinishedTransfers(_folder["state"]) : null };
        await Assert.ThrowsAsync<FileChangedException>(() => client.GetAsync("/f", _folder["f"], how, Stop));
        Assert.Equal("old", await File.ReadAllTextAsync(_folder["f"], Stop));
        Assert.InRange(file.Gets, 2, 40);
        await client.PingAsync(Stop);
    }

    [Theory(Timeout = Timeout)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_is_told(bool hasRevision)
    {
        await using var file = new ChangingFile(hasRevision, changes: 1);
        await using var client = await file.Server.ConnectAsync();
        var unverified = new GetOptions { Verify = false };
        await Assert.ThrowsAsync<FileChangedException>(() => client.GetAsync("/f", Stream.Null, unverified, Stop));
        await client.GetAsync("/f", Stream.Null, unverified, Stop);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("mismatch")]
    [InlineData("changed")]
    public async Task A_server_that_takes_a_body_back_because_its_file_changed_is_asked_again(string error)
    {
        await using var file = new ChangingFile(hasRevision: true, changes: 1) { Error = error };
        await using var client = await file.Server.ConnectAsync();
        await client.GetAsync("/f", _folder["f"], cancellationToken: Stop);
        Assert.Equal(file.Content, await File.ReadAllBytesAsync(_folder["f"], Stop));
        file.Changes = 3;
        await Assert.ThrowsAsync<FileChangedException>(() => client.GetAsync("/f", Stream.Null, cancellationToken: Stop));
        await client.PingAsync(Stop);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_tree_goes_on_past_a_file_that_never_stands_still()
    {
        await using var file = new ChangingFile(hasRevision: true, changes: int.MaxValue);
        await using var client = await file.Server.ConnectAsync();
        var outcomes = await client.GetFolderAsync("/tree", _folder["tree"], cancellationToken: Stop).ToListAsync(Stop);
        Assert.Equal([TreeResult.FolderMade, TreeResult.Failed, TreeResult.Failed], outcomes.Select(outcome => outcome.Result));
        Assert.All(outcomes.Skip(1), outcome => Assert.IsType<FileChangedException>(outcome.Failure));
    }

    [Theory(Timeout = Timeout)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_local_file_that_changes_while_it_is_sent_is_sent_anew(bool isResumable)
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        var (file, edits) = (server.Local["f"], 0);
        await File.WriteAllBytesAsync(file, RoundTripTests.Content(Large), Stop);
        var how = new PutOptions
        {
            Resume = isResumable ? new UnfinishedTransfers(server.Local["state"]) : null,
            Progress = new Watcher(now =>
            {
                if (!now.IsComparing && edits++ == 0)
                    Edit(file, Large / 2, (byte)edits);
            }),
        };
        await client.PutAsync(file, "/f", how, Stop);
        Assert.Equal(await File.ReadAllBytesAsync(file, Stop), await File.ReadAllBytesAsync(server.World.Path("f"), Stop));
        Assert.Empty(await client.ListUploadsAsync(Stop).ToListAsync(Stop));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_local_file_that_never_stands_still_is_given_up_and_the_old_version_stays()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        await client.PutAsync("old"u8.ToArray(), "/f", cancellationToken: Stop);
        var (file, edits) = (server.Local["f"], 0);
        await File.WriteAllBytesAsync(file, RoundTripTests.Content(Large), Stop);
        var how = new PutOptions { Progress = new Watcher(_ => Edit(file, Large / 2, (byte)++edits)) };
        var failure = await Assert.ThrowsAsync<LocalFileException>(() => client.PutAsync(file, "/f", how, Stop));
        Assert.Equal(LocalFault.Changed, failure.Fault);
        Assert.Equal("old", await File.ReadAllTextAsync(server.World.Path("f"), Stop));
    }

    [Theory(Timeout = Timeout)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_kept_of_a_cut_transfer_is_not_trusted(bool up)
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        var content = RoundTripTests.Content(8 << 20);
        var memory = new UnfinishedTransfers(server.Local["state"]);
        await File.WriteAllBytesAsync(server.Local["f"], content, Stop);
        using var cut = new CancellationTokenSource();
        var progress = new Watcher(now =>
        {
            if (now.Bytes >= 3 << 20)
                cut.Cancel();
        });
        string kept;
        if (up)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => client.PutAsync(server.Local["f"], "/f", new PutOptions { Resume = memory, Progress = progress }, cut.Token));
            Assert.Single(await client.ListUploadsAsync(Stop).ToListAsync(Stop));
            kept = new DirectoryInfo(Path.GetDirectoryName(server.World.Root)!).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
                .Single(file => file.Length > 1 << 20).FullName;
        }
        else
        {
            await client.PutAsync(content, "/f", cancellationToken: Stop);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => client.GetAsync("/f", server.Local["g"], new GetOptions { Resume = memory, Progress = progress }, cut.Token));
            kept = Directory.GetFiles(server.Local.Path, ".argosy-part-*").Single();
        }

        Edit(kept, 1_500_000, 0x55);
        if (up)
            await client.PutAsync(server.Local["f"], "/f", new PutOptions { Resume = memory }, Stop);
        else
            await client.GetAsync("/f", server.Local["g"], new GetOptions { Resume = memory }, Stop);
        Assert.Equal(content, await File.ReadAllBytesAsync(up ? server.World.Path("f") : server.Local["g"], Stop));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_file_of_the_same_length_and_crc_is_not_taken_for_the_same()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        var real = RoundTripTests.Content(5000);
        var forged = Forge(real);
        Assert.Equal(Crc32C.Of(real), Crc32C.Of(forged));
        Assert.NotEqual(real, forged);
        await File.WriteAllBytesAsync(server.Local["f"], real, Stop);

        await client.PutAsync(forged, "/f", cancellationToken: Stop);
        Assert.False((await client.PutAsync(server.Local["f"], "/f", new PutOptions { SkipIdentical = true }, Stop)).WasThere);
        Assert.Equal(real, await File.ReadAllBytesAsync(server.World.Path("f"), Stop));
        Assert.True((await client.PutAsync(server.Local["f"], "/f", new PutOptions { SkipIdentical = true }, Stop)).WasThere);

        await File.WriteAllBytesAsync(server.Local["f"], forged, Stop);
        Assert.False((await client.GetAsync("/f", server.Local["f"], new GetOptions { SkipIdentical = true }, Stop)).WasThere);
        Assert.Equal(real, await File.ReadAllBytesAsync(server.Local["f"], Stop));
    }

    // CRC-32C does not see its own polynomial, x^32 first: bits travel lowest first (RFC 3720 appendix B.4).
    private static byte[] Forge(byte[] content)
    {
        const ulong polynomial = 0x1_1EDC6F41;
        var forged = (byte[])content.Clone();
        for (var bit = 0; bit <= 32; bit++)
        {
            if ((polynomial >> (32 - bit) & 1) != 0)
                forged[100 + (bit / 8)] ^= (byte)(1 << (bit % 8));
        }

        return forged;
    }

    private static void Edit(string file, long position, byte value)
    {
        using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.Write(handle, [value, 1, 2, 3], position);
    }

    private sealed class Watcher(Action<TransferProgress> see) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value) => see(value);
    }

    /// <summary>A server that knows nothing of what its file does, and a file that changes each time that some of it has left.</summary>
    private sealed class ChangingFile : IAsyncDisposable
    {
        private readonly bool _hasRevision;
        private int _version;

        public ChangingFile(bool hasRevision, int changes)
        {
            (_hasRevision, Changes) = (hasRevision, changes);
            Server = FakeServer.Greeting(async peer =>
            {
                while (true)
                    await AnswerAsync(peer, await peer.ReadRequestAsync());
            });
        }

        public FakeServer Server { get; }

        public int Changes { get; set; }

        public int Gets { get; private set; }

        /// <summary>What is said of it where the server does look.</summary>
        public string? Error { get; init; }

        public byte[] Content { get; } = new byte[Large];

        private string? Revision => _hasRevision ? $"{_version}" : null;

        public ValueTask DisposeAsync() => Server.DisposeAsync();

        private async Task AnswerAsync(FakePeer peer, Request request)
        {
            switch (request.Command)
            {
                case "ping":
                    await peer.SendAsync(new Reply { Id = request.Id });
                    break;
                case "ls":
                    await peer.SendLinesAsync(request, FakeTree.Entry("a", "file") + FakeTree.Entry("b", "file"));
                    break;
                case "stat":
                    await peer.SendAsync(new Reply { Id = request.Id, Type = EntryType.File, Size = Large, MTime = _version, Revision = Revision });
                    break;
                case "blocks":
                    await peer.SendBlocksAsync(request, Content, Revision!);
                    break;
                default:
                    await SendAsync(peer, request);
                    break;
            }
        }

        private async Task SendAsync(FakePeer peer, Request request)
        {
            Gets++;
            var range = (int)(request.Offset ?? 0)..(int)Math.Min(Large, (request.Offset ?? 0) + (request.Length ?? Large));
            var sum = default(Crc32C);
            await peer.SendAsync(new Reply
            {
                Id = request.Id,
                Size = Large,
                Offset = range.Start.Value,
                MTime = _version,
                Revision = Revision,
                Body = Body.Chunked,
            });
            var step = Math.Max((range.End.Value - range.Start.Value) / 4, 1);
            for (var at = range.Start.Value; at < range.End.Value; at += step)
            {
                if (at == range.Start.Value + step && Changes > 0)
                {
                    (Changes, _version) = (Changes - 1, _version + 1);
                    Content.AsSpan().Fill((byte)_version);
                    if (Error is not null)
                    {
                        await peer.SendAsync(new byte[] { 0xff, 0xff, 0xff, 0xff });
                        await peer.SendRawAsync(request, $$"""{"id":ID,"status":"error","error":"{{Error}}","message":"It changed."}""");
                        return;
                    }
                }

                var piece = Content.AsMemory(at, Math.Min(step, range.End.Value - at));
                sum.Append(piece.Span);
                await peer.SendChunkAsync(piece.Span);
            }

            await peer.SendEndAsync(new Trailer { Id = request.Id, Crc32C = sum.Value });
        }
    }
}
