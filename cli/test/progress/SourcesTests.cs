using Argosy.Cli.Tests.Spine;
using Argosy.Cli.Tests.Transfer;

namespace Argosy.Cli.Tests.Progressing;

/// <summary>Which files a command means, and which of them travel.</summary>
[Collection(nameof(TransferCommandsTests))]
public sealed class SourcesTests : IAsyncDisposable
{
    private const int Timeout = 60_000;
    private const int Size = 6_000_000;

    // Log-in, listings and checksums.
    private const int Talk = 20_000;

    private readonly TransferWorld _world = new();
    private readonly CuttingProxy _line;

    public SourcesTests() => _line = new CuttingProxy(() => new Uri(_world.Url("/")).Port);

    public async ValueTask DisposeAsync()
    {
        await _line.DisposeAsync();
        await _world.DisposeAsync();
    }

    [Fact(Timeout = Timeout)]
    public async Task What_is_there_already_costs_no_bytes_either_way()
    {
        var file = _world["f"];
        await File.WriteAllBytesAsync(file, Contents.Random(Size, 1));
        Assert.InRange(await CountAsync((0, "/f  5.7 MiB\n"), "put", file, Url("/f")), Size, Size + Talk);
        Assert.InRange(await CountAsync((0, "/f  already there\n"), "put", file, Url("/f")), 1, Talk);
        Assert.InRange(await CountAsync((0, $"{file}  already there\n"), "get", Url("/f"), file), 1, Talk);

        // Another time is put right, and costs no more; another byte is another file.
        File.SetLastWriteTimeUtc(file, new DateTime(2020, 2, 2, 2, 2, 2, DateTimeKind.Utc));
        Assert.InRange(await CountAsync((0, "/f  already there\n"), "put", file, Url("/f")), 1, Talk);
        Assert.Equal(File.GetLastWriteTimeUtc(file), File.GetLastWriteTimeUtc(_world.World.Path("f")));
        await using (var change = File.OpenWrite(file))
            change.WriteByte((byte)(Contents.Random(1, 1)[0] ^ 1));
        Assert.InRange(await CountAsync((0, "/f  5.7 MiB\n"), "put", file, Url("/f")), Size, Size + Talk);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_folder_that_is_there_already_costs_no_bytes_either()
    {
        Directory.CreateDirectory(_world["tree/sub"]);
        for (var number = 0; number < 20; number++)
            await File.WriteAllBytesAsync(_world[$"tree/sub/{number}"], Contents.Random(300_000, number));
        await CountAsync(null, "put", "-r", _world["tree"], Url("/"));
        Assert.InRange(await CountAsync(null, "put", "-r", _world["tree"], Url("/")), 1, 2 * Talk);
        Assert.InRange(await CountAsync(null, "get", "-r", Url("/tree"), _world["."]), 1, 2 * Talk);
        Assert.EndsWith("0 files fetched (0 B), 20 already there\n", (await Run("get", "-r", Url("/tree"), _world["."])).Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task No_clobber_leaves_what_exists_and_moves_nothing()
    {
        var file = _world["f"];
        await File.WriteAllBytesAsync(file, Contents.Random(Size, 1));
        await File.WriteAllTextAsync(_world.World.Path("f"), "theirs");
        Assert.InRange(await CountAsync((0, "/f  exists, left alone\n"), "put", "--no-clobber", file, Url("/f")), 1, Talk);
        Assert.Equal("theirs", await File.ReadAllTextAsync(_world.World.Path("f")));
        Assert.InRange(await CountAsync((0, $"{file}  exists, left alone\n"), "get", "--no-clobber", Url("/f"), file), 1, Talk);
        Assert.Equal(Size, new FileInfo(file).Length);
        Assert.Equal(0, (await Run("put", "--no-clobber", file, Url("/new"))).Code);
        Assert.Equal(Size, new FileInfo(_world.World.Path("new")).Length);
        var moved = await Run("mv", "--no-clobber", Url("/new"), "/f");
        Assert.Equal(1, moved.Code);
        Assert.Equal("theirs", await File.ReadAllTextAsync(_world.World.Path("f")));
    }

    [Fact(Timeout = Timeout)]
    public async Task Mkdir_makes_the_way_there_only_when_asked()
    {
        Assert.Equal(1, (await Run("mkdir", Url("/a/b/c"))).Code);
        Assert.False(Directory.Exists(_world.World.Path("a")));
        Assert.Equal((0, "", ""), await Run("mkdir", "-p", Url("/a/b/c")));
        Assert.True(Directory.Exists(_world.World.Path("a/b/c")));
        Assert.Equal((0, "", ""), await Run("mkdir", "--parents", Url("/a/b/c")));
        Assert.Equal(1, (await Run("mkdir", Url("/a/b/c"))).Code);
        await File.WriteAllTextAsync(_world.World.Path("a/file"), "");
        Assert.Equal(1, (await Run("mkdir", "-p", Url("/a/file/d"))).Code);
        Assert.Equal(1, (await Run("mkdir", "-p", Url("/a/file"))).Code);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("/t/*", "a.txt b.txt c-d e")]
    [InlineData("/t/.*", ".hidden")]
    [InlineData("/t/?.txt", "a.txt b.txt")]
    [InlineData("/t/[ab].txt", "a.txt b.txt")]
    [InlineData("/t/[!a].txt", "b.txt")]
    [InlineData("/t/[^a].txt", "b.txt")]
    [InlineData("/t/c[-]d", "c-d")]
    [InlineData("/t/[a-c]*", "a.txt b.txt c-d")]
    [InlineData("/[s-u]/e", "e")]
    [InlineData("/*/a*", "a.txt")]
    [InlineData("/t/%5Ba-c%5D*", "a.txt b.txt c-d")]
    [InlineData("/t/*.pdf", null)]
    [InlineData("/none/*", null)]
    [InlineData("/t/[]", null)]
    public async Task Wildcards_mean_what_they_mean_in_a_shell(string pattern, string? expected)
    {
        Directory.CreateDirectory(_world.World.Path("t"));
        foreach (var name in (string[])["a.txt", "b.txt", "c-d", "e", ".hidden"])
            await File.WriteAllTextAsync(_world.World.Path($"t/{name}"), name);
        Directory.CreateDirectory(_world["got"]);
        var (code, _, error) = await Run("get", Url(pattern), _world["got"]);
        Assert.Equal(expected is null ? 1 : 0, code);
        Assert.Equal(expected is null, error.EndsWith(": nothing on the server matches\n", StringComparison.Ordinal));
        Assert.Equal(expected ?? "", string.Join(' ', Directory.GetFiles(_world["got"]).Select(Path.GetFileName).Order(StringComparer.Ordinal)));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_name_that_looks_like_a_wildcard_means_itself()
    {
        foreach (var name in (string[])["[ab]", "a", "*"])
            await File.WriteAllTextAsync(_world.World.Path(name), name);
        Assert.Equal((0, $"{_world["got"]}  4 B\n", ""), await Run("get", Url("/[ab]"), _world["got"]));
        Assert.Equal((0, $"{_world["star"]}  1 B\n", ""), await Run("get", Url("/*"), _world["star"]));
    }

    [Fact(Timeout = Timeout)]
    public async Task Of_two_sources_of_one_name_the_first_is_taken_and_the_other_named()
    {
        foreach (var folder in (string[])["one", "two"])
        {
            Directory.CreateDirectory(_world[$"{folder}/tree"]);
            _world.Write($"{folder}/f", folder);
            _world.Write($"{folder}/tree/g", folder);
        }

        Assert.Equal(
            (1, "/f  3 B\n", $"argosy: {_world["two/f"]}: left out; another of the sources becomes /f already\n"),
            await Run("put", _world["one/f"], _world["two/f"], Url("/")));
        Assert.Equal("one", await File.ReadAllTextAsync(_world.World.Path("f")));
        Assert.Equal(1, (await Run("put", "-r", _world["one/tree"], _world["two/tree"], Url("/"))).Code);
        Assert.Equal("one", await File.ReadAllTextAsync(_world.World.Path("tree/g")));

        await Run("put", "-r", _world["one"], _world["two"], Url("/"));
        Directory.CreateDirectory(_world["got"]);
        Assert.Equal(
            (1, $"{_world["got/f"]}  3 B\n", $"argosy: /two/f: left out; another of the sources becomes {_world["got/f"]} already\n"),
            await Run("get", Url("/one/f"), Url("/two/f"), _world["got"]));
        Assert.Equal((1, 3), ((await Run("get", "-r", Url("/*/tree"), _world["got"])).Code, (await File.ReadAllTextAsync(_world["got/tree/g"])).Length));
        Assert.Equal("one", await File.ReadAllTextAsync(_world["got/tree/g"]));
    }

    private string Url(string path) => _world.Url(path).Replace($":{new Uri(_world.Url("/")).Port}", $":{_line.Port}", StringComparison.Ordinal);

    private async Task<long> CountAsync((int Code, string Output)? expected, params string[] words)
    {
        _line.Reset();
        var result = await Run(words);
        Assert.Equal("", result.Error);
        Assert.Equal(expected ?? (0, result.Output), (result.Code, result.Output));
        return _line.Bytes;
    }

    private static Task<(int Code, string Output, string Error)> Run(params string[] words) => TransferWorld.RunAsync(words);
}
