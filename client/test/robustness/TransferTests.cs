using Argosy.Wire;

namespace Argosy.Client.Tests.Robustness;

/// <summary>Sizes, places and checksums that do not hold, in either direction and while a transfer goes on: nothing unverified is kept or believed.</summary>
public sealed class TransferTests : IDisposable
{
    private const int Timeout = 20_000;
    private const int Large = 3 << 20;
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private UnfinishedTransfers Memory => new(_folder[".state"]);

    public void Dispose() => _folder.Dispose();

    public static TheoryData<int, string> WrongReceipts
    {
        get
        {
            var data = new TheoryData<int, string>();
            foreach (var size in (int[])[3, 200_000])
                foreach (var reply in (string[])["size missing", "smaller", "larger", "other sum", "body", "continue", "path with NUL"])
                    data.Add(size, reply);
            return data;
        }
    }

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(WrongReceipts))]
    public async Task A_receipt_for_something_else_is_not_believed(int size, string lie)
    {
        await using var server = FakeServer.Greeting(async peer =>
        {
            var put = await peer.ReadRequestAsync();
            var sum = Crc32C.Of((await peer.ReadBodyAsync()).Content);
            await peer.SendRawAsync(put, lie switch
            {
                "size missing" => """{"id":ID,"status":"ok","mtime":0}""",
                "smaller" => $$"""{"id":ID,"status":"ok","mtime":0,"size":{{size - 1}}}""",
                "larger" => $$"""{"id":ID,"status":"ok","mtime":0,"size":{{size + 1}}}""",
                "other sum" => $$"""{"id":ID,"status":"ok","mtime":0,"size":{{size}},"crc32c":"{{sum ^ 1:x8}}"}""",
                "body" => $$"""{"id":ID,"status":"ok","mtime":0,"size":{{size}},"body":1}""",
                "continue" => $$"""{"id":ID,"status":"continue","mtime":0,"size":{{size}}}""",
                _ => $$"""{"id":ID,"status":"ok","mtime":0,"size":{{size}},"path":"a\u0000b"}""",
            });
            await peer.StaySilentAsync();
        });
        await using var client = await server.ConnectAsync();
        await Assert.ThrowsAsync<NotVerifiedException>(() => client.PutAsync(new byte[size], "/f", cancellationToken: Stop));
    }

    [Theory(Timeout = Timeout)]
    [InlineData(3)]
    [InlineData(200_000)]
    public async Task A_receipt_with_the_right_sum_is_believed(int size)
    {
        await using var server = FakeServer.Greeting(async peer =>
        {
            var put = await peer.ReadRequestAsync();
            var sum = Crc32C.Of((await peer.ReadBodyAsync()).Content);
            await peer.SendAsync(new Reply { Id = put.Id, Size = size, MTime = 0, Crc32C = sum });
        });
        await using var client = await server.ConnectAsync();
        Assert.Equal(size, (await client.PutAsync(new byte[size], "/f", cancellationToken: Stop)).Size);
    }

    [Theory(Timeout = Timeout)]
    [InlineData(Large + 1L, true)]
    [InlineData(1L << 53, true)]
    [InlineData(Large + 1L, false)]
    public async Task An_upload_of_which_the_server_claims_more_than_there_is_begins_again(long claimed, bool isSameVersion)
    {
        await File.WriteAllBytesAsync(_folder["f"], new byte[Large], Stop);
        var ids = new List<string?>();
        var stored = 0;
        await using var server = new FakeServer(async peer =>
        {
            await peer.GreetAsync();
            while (true)
            {
                var request = await peer.ReadRequestAsync();
                if (request.Command == "put")
                {
                    ids.Add(request.Upload);
                    if (ids.Count == 1)
                        return; // The connection goes in the middle.
                    Assert.Null(request.Offset);
                    stored = (await peer.ReadBodyAsync()).Content.Length;
                    await peer.SendAsync(new Reply { Id = request.Id, Size = stored, MTime = 0 });
                }
                else
                {
                    await peer.SendAsync(new Reply { Id = request.Id, Size = claimed, Body = Body.Chunked });
                    await peer.SendEndAsync(new Trailer { Id = request.Id, Count = 0, Crc32C = 0 });
                }
            }
        });
        var how = new PutOptions { Resume = Memory };
        await using (var first = await server.ConnectAsync())
            await Assert.ThrowsAnyAsync<ClientException>(() => first.PutAsync(_folder["f"], "/f", how, Stop));
        if (!isSameVersion)
            File.SetLastWriteTimeUtc(_folder["f"], DateTime.UnixEpoch);
        await using var second = await server.ConnectAsync();
        Assert.Equal(Large, (await second.PutAsync(_folder["f"], "/f", how, Stop)).Size);
        Assert.Equal((2, Large), (ids.Distinct().Count(), stored));
    }

    public static TheoryData<string> BlockLies =>
    [
        """{"offset":0,"size":0,"hash":"00"}""",
        """{"offset":0,"size":-1,"hash":"00"}""",
        """{"offset":0,"size":1048577,"hash":"00"}""",
        """{"offset":0,"size":9007199254740992,"hash":"00"}""",
        """{"offset":5,"size":10,"hash":"00"}""",
        """{"offset":0,"hash":"00"}""",
        """{"size":1000,"hash":"00"}""",
        """{"offset":0,"size":1048576,"hash":"00"}""" + "\n" + """{"offset":0,"size":1048576,"hash":"00"}""",
        """{"offset":0,"size":1000,"hash":"00"}""",
        "",
    ];

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(BlockLies))]
    public async Task Blocks_that_do_not_cover_the_file_are_not_used(string lines)
    {
        await using var server = FakeServer.Greeting(async peer =>
            await peer.SendLinesAsync(await peer.ReadRequestAsync(), lines.Length == 0 ? "" : lines + "\n"));
        await using var client = await server.ConnectAsync();
        await Assert.ThrowsAsync<NotVerifiedException>(async () =>
        {
            using var blocks = await client.SumBlocksAsync("/f", null, 2 << 20, Stop);
            await foreach (var difference in blocks.FindDifferencesAsync(2 << 20, (_, buffer) => ValueTask.FromResult(buffer.Length), Stop))
                Assert.InRange(difference.Size, 1, BlockSums.BlockSize);
        });
    }

    [Theory(Timeout = Timeout)]
    [InlineData("offset beyond")]
    [InlineData("other offset")]
    [InlineData("shorter file")]
    [InlineData("longer part")]
    [InlineData("no body")]
    [InlineData("wrong sum")]
    public async Task A_part_that_is_not_the_one_asked_for_is_not_used(string lie)
    {
        var part = new byte[10];
        await using var server = FakeServer.Greeting(async peer =>
        {
            var get = await peer.ReadRequestAsync();
            Assert.Equal((100L, 10L), (get.Offset, get.Length));
            var body = lie == "longer part" ? 11 : lie == "no body" ? 0 : 10;
            await peer.SendAsync(new Reply
            {
                Id = get.Id,
                Size = lie == "shorter file" ? 50 : 1000,
                Offset = lie == "offset beyond" ? 2000 : lie == "other offset" ? 0 : 100,
                MTime = 0,
                Body = lie == "no body" ? Body.None : Body.Exact(body),
                Crc32C = Crc32C.Of(part) ^ (lie == "wrong sum" ? 1u : 0u),
            });
            await peer.SendAsync(new byte[body]);
            await peer.StaySilentAsync();
        });
        await using var client = await server.ConnectAsync();
        using var sink = new MemoryStream();
        var how = new GetOptions { Offset = 100, Length = 10 };
        await Assert.ThrowsAsync<NotVerifiedException>(() => client.GetAsync("/f", sink, how, Stop));
        Assert.InRange(sink.Length, 0, 10);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_file_of_a_size_that_no_disk_has_takes_no_room_here()
    {
        await using var server = FakeServer.Greeting(async peer =>
        {
            var get = await peer.ReadRequestAsync();
            await peer.SendAsync(new Reply { Id = get.Id, Size = Limits.Number, MTime = 0, Body = Body.Exact(Limits.Number), Crc32C = 0 });
            await peer.SendAsync(new byte[1000]);
        });
        await using var client = await server.ConnectAsync();
        await Assert.ThrowsAsync<NotReachableException>(() => client.GetAsync("/f", _folder["f"], cancellationToken: Stop));
        Assert.Equal("", _folder.Names());
    }

    [Fact(Timeout = Timeout)]
    public async Task A_file_that_shrinks_while_it_is_continued_is_not_a_mix()
    {
        var content = new byte[Large];
        var gets = 0;
        await using var server = new FakeServer(async peer =>
        {
            await peer.GreetAsync();
            while (true)
            {
                var request = await peer.ReadRequestAsync();
                if (request.Command == "stat")
                {
                    await peer.SendAsync(new Reply { Id = request.Id, Type = EntryType.File, Size = Large, MTime = 0, Revision = "one" });
                    continue;
                }

                if (request.Command == "blocks")
                {
                    await peer.SendBlocksAsync(request, content, "one");
                    continue;
                }

                gets++;
                var offset = (int)(request.Offset ?? 0);
                // The second time it is another size under the same version.
                var size = gets == 1 ? Large : Large - 1;
                await peer.SendAsync(new Reply
                {
                    Id = request.Id,
                    Size = size,
                    Offset = offset,
                    MTime = 0,
                    Revision = "one",
                    Body = Body.Exact(size - offset),
                    Crc32C = Crc32C.Of(content.AsSpan(offset, size - offset)),
                });
                await peer.SendAsync(content.AsMemory(offset, gets == 1 ? Large / 2 : size - offset));
                if (gets == 1)
                    return;
            }
        });
        var how = new GetOptions { Resume = Memory };
        await using (var first = await server.ConnectAsync())
            await Assert.ThrowsAnyAsync<ClientException>(() => first.GetAsync("/f", _folder["f"], how, Stop));
        await using var second = await server.ConnectAsync();
        await Assert.ThrowsAsync<FileChangedException>(() => second.GetAsync("/f", _folder["f"], how, Stop));
        Assert.False(File.Exists(_folder["f"]));
        Assert.InRange(gets, 2, 6);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("larger")]
    [InlineData("wrong sum")]
    public async Task A_receipt_that_is_wrong_ends_a_whole_tree(string lie)
    {
        Directory.CreateDirectory(_folder["tree/a"]);
        await File.WriteAllTextAsync(_folder["tree/a/f"], "text", Stop);
        await using var server = FakeServer.Greeting(peer => peer.AnswerAsync(request => request.Command switch
        {
            "put" => new Reply { Id = request.Id, Size = lie == "larger" ? 5 : 4, MTime = 0, Crc32C = Crc32C.Of("text"u8) ^ 1 },
            "stat" => Reply.Refusal(request.Id, WireError.NotFound, ""),
            _ => new Reply { Id = request.Id },
        }));
        await using var client = await server.ConnectAsync();
        await Assert.ThrowsAsync<NotVerifiedException>(
            () => client.PutFolderAsync(_folder["tree"], "/tree", cancellationToken: Stop).ToListAsync(Stop).AsTask());
    }
}
