using System.Buffers;
using System.Text;
using Argosy.Wire;

namespace Argosy.Client.Tests;

/// <summary>What a server can say while a folder, or the rest of a file, is fetched. None of it leads out of the target or mixes two versions.</summary>
public sealed class HostileTreeTests : IDisposable
{
    private const int Timeout = 60_000;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = Timeout)]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("../out")]
    [InlineData("/etc/out")]
    [InlineData("a/b")]
    [InlineData("a\0b")]
    public async Task A_name_that_is_none_ends_it(string name)
    {
        await using var server = Serve(_ => [new ListLine { Name = Encoding.UTF8.GetBytes(name), Type = EntryType.File, Size = 1 }]);
        await using var client = await server.ConnectAsync();
        Directory.CreateDirectory(_folder["in"]);
        await Assert.ThrowsAsync<NotVerifiedException>(() => client.GetFolderAsync("/", _folder["in/tree"]).ToListAsync().AsTask());
        Assert.Equal("in", _folder.Names());
    }

    [Fact(Timeout = Timeout)]
    public async Task A_link_that_leads_out_is_not_made_and_nothing_goes_through_one()
    {
        Directory.CreateDirectory(_folder["out"]);
        await using var server = Serve(path => path != "/" ? [Line("planted", EntryType.File)] :
        [
            Line("gate", EntryType.Link, "../out"), Line("gate", EntryType.Folder), Line("here", EntryType.Link, "."),
            Line("sly", EntryType.Link, "here/../out"), Line("root", EntryType.Link, "/"), Line("here", EntryType.Folder), Line(".argosy-part-0123456789abcdef", EntryType.File),
        ]);
        await using var client = await server.ConnectAsync();
        var outcomes = await client.GetFolderAsync("/", _folder["tree"], new TreeOptions { Links = LinkTreatment.Keep }).ToListAsync();
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["out"]));
        Assert.Equal(4, outcomes.Count(outcome => outcome.Result == TreeResult.Skipped));
        Assert.Contains("not followed", Assert.Single(outcomes, outcome => outcome.Result == TreeResult.Failed).Failure!.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder["tree/gate/planted"]));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_tree_that_does_not_end_is_left()
    {
        await using var server = Serve(_ => [Line("d", EntryType.Folder)]);
        await using var client = await server.ConnectAsync();
        var outcomes = await client.GetFolderAsync("/", _folder["tree"]).ToListAsync();
        Assert.Contains("deep", Assert.Single(outcomes, outcome => outcome.Result == TreeResult.Failed).Failure!.Message, StringComparison.Ordinal);
        // Directory.Delete takes no path of that length.
        using var remove = System.Diagnostics.Process.Start("/bin/rm", ["-rf", "--", _folder["tree"]]);
        await remove.WaitForExitAsync();
    }

    [Fact(Timeout = Timeout)]
    public async Task A_file_that_changes_between_look_and_get_is_looked_at_again()
    {
        var revision = 0;
        byte[] content = new byte[3 << 20];
        await using var server = Serve(_ => [], content, request => request.Command == "stat" ? $"{Math.Min(revision, 3)}" : $"{Math.Min(++revision, 3)}");
        await using var client = await server.ConnectAsync();
        await client.GetAsync("/f", _folder["f"], new GetOptions { Resume = new UnfinishedTransfers(_folder["state"]) });
        Assert.Equal(4, revision);
        Assert.Equal(content, await File.ReadAllBytesAsync(_folder["f"]));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_file_that_never_stands_still_is_given_up_and_not_published()
    {
        var revision = 0;
        await using var server = Serve(_ => [], new byte[3 << 20], _ => $"{++revision}");
        await using var client = await server.ConnectAsync();
        var how = new GetOptions { Resume = new UnfinishedTransfers(_folder["state"]) };
        var error = await Assert.ThrowsAsync<FileChangedException>(() => client.GetAsync("/f", _folder["f"], how));
        Assert.Contains("changed on the server while it was fetched", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["f"]));
    }

    [Theory(Timeout = Timeout)]
    [InlineData("/")]
    [InlineData("/sub")]
    public async Task Of_a_folder_whose_listing_is_a_lie_nothing_is_left(string liar)
    {
        await using var server = FakeServer.Greeting(async peer =>
        {
            while (true)
            {
                var request = await peer.ReadRequestAsync();
                var path = Encoding.UTF8.GetString(request.Path!);
                if (request.Command == "stat")
                    await peer.SendRawAsync(request, """{"id":ID,"status":"ok","type":"folder","size":0,"mtime":0,"mode":493}""");
                else
                    await peer.SendLinesAsync(request, path == liar ? FakeTree.Entry("../../x", "file") : FakeTree.Entry("sub", "folder"));
            }
        });
        await using var client = await server.ConnectAsync();
        await Assert.ThrowsAsync<NotVerifiedException>(() => client.GetFolderAsync("/", _folder["target"]).ToListAsync().AsTask());
        Assert.Equal("", _folder.Names());
        Directory.CreateDirectory(_folder["mine"]);
        await Assert.ThrowsAsync<NotVerifiedException>(() => client.GetFolderAsync("/", _folder["mine"]).ToListAsync().AsTask());
        Assert.Equal("mine", _folder.Names());
        Assert.Empty(Directory.GetFileSystemEntries(_folder["mine"]));
    }

    private static ListLine Line(string name, EntryType type, string? target = null) => new()
    {
        Name = Encoding.UTF8.GetBytes(name),
        Type = type,
        Size = 4,
        Target = target is null ? null : Encoding.UTF8.GetBytes(target),
    };

    /// <summary>A server of folders that hold what <paramref name="list"/> says, and of files that are all the same.</summary>
    private static FakeServer Serve(Func<string, ListLine[]> list, byte[]? content = null, Func<Request, string>? revision = null) => FakeServer.Greeting(async peer =>
    {
        content ??= "text"u8.ToArray();
        while (true)
        {
            var request = await peer.ReadRequestAsync();
            switch (request.Command)
            {
                case "stat":
                    await peer.SendAsync(new Reply
                    {
                        Id = request.Id,
                        Type = revision is null ? EntryType.Folder : EntryType.File,
                        Size = content.Length,
                        MTime = 0,
                        Revision = revision?.Invoke(request),
                    });
                    break;
                case "ls":
                    await SendAsync(peer, request, list(Encoding.UTF8.GetString(request.Path!)));
                    break;
                default:
                    var offset = (int)(request.Offset ?? 0);
                    await peer.SendAsync(new Reply
                    {
                        Id = request.Id,
                        Size = content.Length,
                        Offset = offset,
                        MTime = 0,
                        Revision = revision?.Invoke(request),
                        Body = Body.Exact(content.Length - offset),
                        Crc32C = Crc32C.Of(content.AsSpan(offset)),
                    });
                    await peer.SendAsync(content.AsMemory(offset));
                    break;
            }
        }
    });

    private static async Task SendAsync(FakePeer peer, Request request, ListLine[] lines)
    {
        var body = new ArrayBufferWriter<byte>();
        foreach (var line in lines)
            line.WriteTo(body);
        await peer.SendAsync(new Reply { Id = request.Id, Body = Body.Chunked });
        if (body.WrittenCount > 0)
            await peer.SendChunkAsync(body.WrittenSpan);
        await peer.SendEndAsync(new Trailer { Id = request.Id, Count = lines.Length, Crc32C = Crc32C.Of(body.WrittenSpan) });
    }
}
