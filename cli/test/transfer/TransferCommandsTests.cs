using System.Text.Json;

namespace Argosy.Cli.Tests.Transfer;

/// <summary>Uses the console and environment of the process: alone.</summary>
[CollectionDefinition(nameof(TransferCommandsTests), DisableParallelization = true)]
public sealed class OneAtATime;

[Collection(nameof(TransferCommandsTests))]
public sealed class TransferCommandsTests : IAsyncDisposable
{
    private const int Timeout = 30_000;
    private readonly TransferWorld _world = new();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact(Timeout = Timeout)]
    public async Task A_file_goes_up_and_comes_down()
    {
        var file = _world.Write("report.txt", "hello");
        Assert.Equal((0, "/report.txt  5 B\n", ""), await Run("put", file, _world.Url("/")));
        Assert.Equal("hello", await File.ReadAllTextAsync(_world.World.Path("report.txt")));
        Assert.Equal((0, $"{_world["back"]}  5 B\n", ""), await Run("get", _world.Url("/report.txt"), _world["back"]));
        Assert.Equal("hello", await File.ReadAllTextAsync(_world["back"]));
        Directory.CreateDirectory(_world["in"]);
        Assert.Equal(0, (await Run("get", _world.Url("/report.txt"), _world["in"])).Code);
        Assert.Equal("hello", await File.ReadAllTextAsync(_world["in/report.txt"]));
    }

    [Fact(Timeout = Timeout)]
    public async Task What_is_there_already_costs_nothing()
    {
        var file = _world.Write("f", "same");
        await Run("put", file, _world.Url("/f"));
        Assert.Equal((0, "/f  already there\n", ""), await Run("put", file, _world.Url("/f")));
        _world.Write("f", "Same");
        Assert.Equal((0, "/f  4 B\n", ""), await Run("put", file, _world.Url("/f")));
        Assert.Equal((0, "/f  exists, left alone\n", ""), await Run("put", "--no-clobber", _world.Write("g", "else"), _world.Url("/f")));
        Assert.Equal("Same", await File.ReadAllTextAsync(_world.World.Path("f")));
        Assert.Equal((0, $"{_world["g"]}  exists, left alone\n", ""), await Run("get", "--no-clobber", _world.Url("/f"), _world["g"]));
        Assert.Equal("else", await File.ReadAllTextAsync(_world["g"]));
    }

    [Fact(Timeout = Timeout)]
    public async Task Many_files_go_into_a_folder_and_are_reported_in_order()
    {
        await Run("mkdir", _world.Url("/many"));
        var files = Enumerable.Range(0, 200).Select(number => _world.Write($"{number:000}", $"{number}")).ToList();
        var (code, output, _) = await Run(["put", .. files, _world.Url("/many")]);
        Assert.Equal(0, code);
        Assert.Equal(files.Select((_, number) => $"/many/{number:000}"), output.TrimEnd().Split('\n').Select(line => line.Split(' ')[0]));
        Directory.CreateDirectory(_world["back"]);
        var urls = Enumerable.Range(0, 200).Select(number => _world.Url($"/many/{number:000}"));
        Assert.Equal(0, (await Run(["get", .. urls, _world["back"]])).Code);
        Assert.Equal(200, Directory.GetFiles(_world["back"]).Length);
    }

    [Fact(Timeout = Timeout)]
    public async Task One_that_fails_does_not_stop_the_others()
    {
        var (code, output, error) = await Run("put", _world.Write("a", "a"), _world["missing"], _world.Write("b", "b"), _world.Url("/"));
        Assert.Equal((1, "/a  1 B\n/b  1 B\n"), (code, output));
        Assert.StartsWith($"argosy: {_world["missing"]}: ", error, StringComparison.Ordinal);
        (code, _, error) = await Run("get", _world.Url("/none"), _world.Url("/a"), _world["."]);
        Assert.Equal(1, code);
        Assert.StartsWith("argosy: /none: ", error, StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task Ls_sorts_hides_and_escapes()
    {
        foreach (var name in (string[])["b", ".hidden", "a\u001b[31m", "C d"])
            await File.WriteAllTextAsync(_world.World.Path(name), "12");
        Directory.CreateDirectory(_world.World.Path("folder"));
        Assert.Equal((0, "C d\na\\x1b[31m\nb\nfolder/\n", ""), await Run("ls", _world.Url("/")));
        Assert.Equal((0, ".hidden\nC d\na\\x1b[31m\nb\nfolder/\n", ""), await Run("ls", "-a", _world.Url("/")));
        Assert.Equal((0, "b\n", ""), await Run("ls", _world.Url("/b")));
        Assert.Matches(@"^-rw-.{7} +2 \d{4}-\d\d-\d\d \d\d:\d\d:\d\d b$", (await Run("ls", "-l", _world.Url("/b"))).Output.TrimEnd());
        var lines = (await Run("ls", "--json", _world.Url("/"))).Output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(["C d", "a\u001b[31m", "b", "folder"], lines.Select(line => line.GetProperty("name").GetString()));
        Assert.Equal("folder", lines[3].GetProperty("type").GetString());
    }

    [Fact(Timeout = Timeout)]
    public async Task Stat_hash_mkdir_mv_and_rm_do_what_they_say()
    {
        await Run("put", _world.Write("f", "hello"), _world.Url("/f"));
        Assert.Contains("Size      5 bytes", (await Run("stat", _world.Url("/f"))).Output, StringComparison.Ordinal);
        Assert.Equal("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824  /f\n", (await Run("hash", _world.Url("/f"))).Output);
        Assert.Equal("5d41402abc4b2a76b9719d911017c592  /f\n", (await Run("hash", "--algorithm", "md5", _world.Url("/f"))).Output);
        Assert.Equal((0, "", ""), await Run("mkdir", "-p", _world.Url("/a/b")));
        Assert.Equal((0, "", ""), await Run("mv", _world.Url("/f"), "/a/b"));
        Assert.Equal((0, "", ""), await Run("mv", _world.Url("/a/b/f"), "g"));
        Assert.True(File.Exists(_world.World.Path("a/b/g")));
        Assert.Equal((0, "", ""), await Run("mv", _world.Url("/a/b/g"), _world.Url("/h")));
        Assert.Equal(1, (await Run("rm", _world.Url("/a"))).Code);
        Assert.Equal((0, "", ""), await Run("rm", "-r", _world.Url("/a")));
        Assert.Equal((0, "", ""), await Run("rm", _world.Url("/h")));
        var (code, _, error) = await Run("stat", _world.Url("/h"));
        Assert.Equal((1, "argosy: /h: not found on the server\n"), (code, error));
    }

    [Theory(Timeout = Timeout)]
    [InlineData("put", "only-one")]
    [InlineData("put", "a", "b")]
    [InlineData("put", "argosy://h/a", "argosy://h/b")]
    [InlineData("put", "/tmp", "argosy://h/")]
    [InlineData("put", "-", "-", "argosy://h/x")]
    [InlineData("put", "--password-stdin", "-", "argosy://h/x")]
    [InlineData("get", "here")]
    [InlineData("get", "argosy://h/folder/")]
    [InlineData("get", "argosy://h/a", "argosy://h/b", "no-folder")]
    [InlineData("ls", "host")]
    [InlineData("ls", "argosy://alex:secret@h/")]
    [InlineData("ls", "argosy://h/%")]
    [InlineData("stat", "argosy://h/", "--fingerprint", "12")]
    [InlineData("mv", "argosy://h/a", "argosy://other/b")]
    [InlineData("mv", "argosy://h/a/", "b")]
    public async Task Words_that_do_not_go_together_are_bad_usage(params string[] words)
    {
        var (code, output, error) = await Run(words);
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith("argosy: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task The_exit_code_tells_refused_unreachable_and_unverified_apart()
    {
        Assert.Equal(1, (await Run("ls", _world.Url("/nowhere"))).Code);
        Assert.Equal(3, (await Run("ls", "argosy://127.0.0.1:1/")).Code);
        Assert.Equal(3, (await Run("ls", "argosy://nowhere.invalid/")).Code);
        Environment.SetEnvironmentVariable("ARGOSY_PASSWORD", "wrong");
        Assert.Equal(1, (await Run("ls", _world.Url("/"))).Code);
        Environment.SetEnvironmentVariable("ARGOSY_PASSWORD", null);
        var (code, _, error) = await Run("ls", _world.Url("/"));
        Assert.Equal(1, code);
        Assert.Contains("ARGOSY_PASSWORD or use --password-stdin", error, StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task For_scripts_a_failure_is_an_object_too()
    {
        var (code, output, _) = await Run("put", "--json", _world.Write("a", "1"), _world.Url("/none/"));
        Assert.Equal(1, code);
        Assert.Equal("not-found", JsonDocument.Parse(output).RootElement.GetProperty("error").GetString());
        (code, output, _) = await Run("put", "--json", _world["a"], _world.Url("/"));
        Assert.Equal(0, code);
        var result = JsonDocument.Parse(output).RootElement;
        Assert.Equal(("/a", "stored", 1), (result.GetProperty("path").GetString(), result.GetProperty("result").GetString(), result.GetProperty("size").GetInt32()));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_name_that_is_no_text_is_named_by_escapes()
    {
        Assert.Equal(0, (await Run("put", _world.Write("f", "x"), _world.Url("/%FFa"))).Code);
        Assert.Equal((0, "\\xffa\n", ""), await Run("ls", _world.Url("/")));
        Assert.Equal(0, (await Run("get", _world.Url("/%FFa"), _world["g"])).Code);
        Assert.Contains("name_b64", (await Run("ls", "--json", _world.Url("/"))).Output, StringComparison.Ordinal);
        Assert.Equal((0, "", ""), await Run("rm", _world.Url("/%FFa")));
    }

    [Fact(Timeout = Timeout)]
    public async Task An_anonymous_url_needs_no_password()
    {
        Environment.SetEnvironmentVariable("ARGOSY_PASSWORD", null);
        Assert.Equal(0, (await Run("put", _world.Write("f", "x"), _world.Url("/", user: null))).Code);
        Assert.True(File.Exists(Path.Combine(_world.World.Root, "f")));
    }

    private static Task<(int Code, string Output, string Error)> Run(params string[] words) => TransferWorld.RunAsync(words);
}
