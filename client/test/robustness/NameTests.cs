namespace Argosy.Client.Tests.Robustness;

/// <summary>Names that a server says, and what stands in the way of them here: nothing is written outside of the target, nor through a link in it.</summary>
public sealed class NameTests : IDisposable
{
    private const int Timeout = 20_000;
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> NoNames => ["..", ".", "", "a/b", "/etc/x", "../x", "a\0b", new string('x', 256), "/", "a/", "../../../../../tmp/x"];

    public static TheoryData<string, string> NoNamesOfAnyType
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var name in NoNames)
                foreach (var type in (string[])["file", "folder", "link"])
                    data.Add(name, type);
            return data;
        }
    }

    [Theory(Timeout = Timeout)]
    [MemberData(nameof(NoNamesOfAnyType))]
    public async Task A_name_that_is_none_writes_nothing_whatever_is_called_so(string name, string type)
    {
        var tree = new FakeTree { ["/"] = [FakeTree.Entry(name, type, target: "a")] };
        await using var server = tree.Open();
        await using var client = await server.ConnectAsync();
        Directory.CreateDirectory(_folder["in"]);
        var options = new TreeOptions { Links = LinkTreatment.Keep };
        await Assert.ThrowsAsync<NotVerifiedException>(() => client.GetFolderAsync("/", _folder["in/tree"], options, Stop).ToListAsync(Stop).AsTask());
        await Assert.ThrowsAsync<NotVerifiedException>(() => client.ExpandAsync("/*", Stop).ToListAsync(Stop).AsTask());
        Assert.Equal("in", _folder.Names());
        Assert.True(!Directory.Exists(_folder["in/tree"]) || Directory.GetFileSystemEntries(_folder["in/tree"]).Length == 0);
    }

    [Fact(Timeout = Timeout)]
    public async Task Names_that_differ_only_in_their_normal_form_are_two_files()
    {
        string[] names = ["caf\u00e9", "cafe\u0301", "CAFE"];
        var tree = new FakeTree { ["/"] = [.. names.Select(name => FakeTree.Entry(name, "file"))] };
        await using var server = tree.Open();
        await using var client = await server.ConnectAsync();
        Assert.Equal(3, await client.GetFolderAsync("/", _folder["tree"], cancellationToken: Stop).CountAsync(outcome => outcome.Result == TreeResult.Moved, Stop));
        Assert.All(names, name => Assert.Equal($"content of /{name}", File.ReadAllText(_folder[$"tree/{name}"])));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_name_that_is_listed_again_and_again_is_one_whole_file()
    {
        var tree = new FakeTree { ["/"] = [.. Enumerable.Repeat(FakeTree.Entry("f", "file"), 50)] };
        await using var server = tree.Open();
        await using var client = await server.ConnectAsync();
        await client.GetFolderAsync("/", _folder["tree"], cancellationToken: Stop).ToListAsync(Stop);
        Assert.Equal("content of /f", await File.ReadAllTextAsync(_folder["tree/f"], Stop));
        Assert.Single(Directory.GetFileSystemEntries(_folder["tree"]));
    }

    [Theory(Timeout = Timeout)]
    [InlineData("file", "folder")]
    [InlineData("folder", "file")]
    [InlineData("link", "folder")]
    [InlineData("link", "file")]
    [InlineData("folder", "link")]
    [InlineData("file", "link")]
    public async Task A_name_that_is_two_things_in_one_listing_leads_nowhere(string first, string second)
    {
        // Where the link leads there is something, in the tree and beside it.
        Directory.CreateDirectory(_folder["tree/inner"]);
        var tree = new FakeTree
        {
            ["/"] = [FakeTree.Entry("twice", first, target: "inner"), FakeTree.Entry("twice", second, target: "inner")],
            ["/twice"] = [FakeTree.Entry("planted", "file")],
        };
        await using var server = tree.Open();
        await using var client = await server.ConnectAsync();
        await client.GetFolderAsync("/", _folder["tree"], new TreeOptions { Links = LinkTreatment.Keep }, Stop).ToListAsync(Stop);
        Assert.Empty(Directory.GetFileSystemEntries(_folder["tree/inner"]));
        Assert.Equal("tree", _folder.Names());
    }

    [Theory(Timeout = Timeout)]
    [InlineData("a")]
    [InlineData("a/b")]
    [InlineData("a/b/c")]
    public async Task A_link_in_the_target_is_followed_at_no_level(string place)
    {
        Directory.CreateDirectory(_folder["out"]);
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[$"tree/{place}"])!);
        File.CreateSymbolicLink(_folder[$"tree/{place}"], _folder["out"]);
        await using var server = Deep().Open();
        await using var client = await server.ConnectAsync();
        var outcomes = await client.GetFolderAsync("/", _folder["tree"], cancellationToken: Stop).ToListAsync(Stop);
        Assert.Contains("not followed", Assert.Single(outcomes, outcome => outcome.Result == TreeResult.Failed).Failure!.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder["out"]));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_link_in_the_place_of_a_file_is_replaced_and_not_written_through()
    {
        Directory.CreateDirectory(_folder["tree/a/b/c"]);
        await File.WriteAllTextAsync(_folder["victim"], "mine", Stop);
        File.CreateSymbolicLink(_folder["tree/a/b/c/f"], _folder["victim"]);
        await using var server = Deep().Open();
        await using var client = await server.ConnectAsync();
        await client.GetFolderAsync("/", _folder["tree"], cancellationToken: Stop).ToListAsync(Stop);
        Assert.Equal("mine", await File.ReadAllTextAsync(_folder["victim"], Stop));
        Assert.Equal("content of /a/b/c/f", await File.ReadAllTextAsync(_folder["tree/a/b/c/f"], Stop));
        Assert.Null(new FileInfo(_folder["tree/a/b/c/f"]).LinkTarget);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_link_in_the_place_of_an_unfinished_file_is_not_written_through()
    {
        Directory.CreateDirectory(_folder["tree"]);
        await File.WriteAllTextAsync(_folder["victim"], "mine", Stop);
        // The hidden name follows from the file's, so whoever may write there knows it.
        var hidden = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("f"u8).AsSpan(0, 8));
        File.CreateSymbolicLink(_folder[$"tree/.argosy-part-{hidden}"], _folder["victim"]);
        var tree = new FakeTree { ["/"] = [FakeTree.Entry("f", "file")] };
        await using var server = tree.Open();
        await using var client = await server.ConnectAsync();
        await client.GetAsync("/f", _folder["tree/f"], cancellationToken: Stop);
        await client.GetFolderAsync("/", _folder["tree"], cancellationToken: Stop).ToListAsync(Stop);
        Assert.Equal("mine", await File.ReadAllTextAsync(_folder["victim"], Stop));
        Assert.Equal("content of /f", await File.ReadAllTextAsync(_folder["tree/f"], Stop));
    }

    [Theory(Timeout = Timeout)]
    [InlineData("..")]
    [InlineData("../out")]
    [InlineData("/etc")]
    [InlineData("inner/../../out")]
    [InlineData("./../out")]
    [InlineData("inner//..//../out")]
    [InlineData("")]
    public async Task A_link_that_leads_out_is_never_made(string target)
    {
        Directory.CreateDirectory(_folder["out"]);
        var tree = new FakeTree { ["/"] = [FakeTree.Entry("gate", "link", target), FakeTree.Entry("inner", "folder")], ["/inner"] = [] };
        await using var server = tree.Open();
        await using var client = await server.ConnectAsync();
        await client.GetFolderAsync("/", _folder["tree"], new TreeOptions { Links = LinkTreatment.Keep }, Stop).ToListAsync(Stop);
        Assert.Equal(["inner"], Directory.GetFileSystemEntries(_folder["tree"]).Select(Path.GetFileName));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_link_that_is_followed_keeps_its_own_name_whatever_the_server_calls_it()
    {
        var tree = new FakeTree { ["/"] = [FakeTree.Entry("l", "link", "x")], StatPath = "/../../../out/planted" };
        await using var server = tree.Open();
        await using var client = await server.ConnectAsync();
        Directory.CreateDirectory(_folder["in"]);
        await client.GetFolderAsync("/", _folder["in/tree"], new TreeOptions { Links = LinkTreatment.Follow }, Stop).ToListAsync(Stop);
        Assert.Equal("in", _folder.Names());
        Assert.Equal(["l"], Directory.GetFileSystemEntries(_folder["in/tree"]).Select(Path.GetFileName));
    }

    [Theory(Timeout = Timeout)]
    [InlineData(0xfff)]
    [InlineData(0x9ed)]
    public async Task Set_id_bits_are_not_taken_from_a_server(int mode)
    {
        var tree = new FakeTree { ["/"] = [FakeTree.Entry("f", "file")], Mode = mode };
        await using var server = tree.Open();
        await using var client = await server.ConnectAsync();
        await client.GetFolderAsync("/", _folder["tree"], cancellationToken: Stop).ToListAsync(Stop);
        const UnixFileMode special = UnixFileMode.SetUser | UnixFileMode.SetGroup | UnixFileMode.StickyBit;
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(_folder["tree/f"]) & special);
    }

    private static FakeTree Deep() => new()
    {
        ["/"] = [FakeTree.Entry("a", "folder")],
        ["/a"] = [FakeTree.Entry("b", "folder")],
        ["/a/b"] = [FakeTree.Entry("c", "folder")],
        ["/a/b/c"] = [FakeTree.Entry("f", "file")],
    };
}
