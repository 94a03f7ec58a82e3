using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Argosy.Cli.Tests.Spine;

/// <summary>Names that people, programs and other systems give to files, through the command line and back.</summary>
public sealed class NameTests
{
    private static readonly string[] Names =
    [
        "two words", " spaces around ", "quote ' and \"double\" and `back`", "new\nline", "tab\tand\rreturn", "-r", "--help", "$HOME;rm *|&<>", "back\\slash",
        "100%", "%41 is no A", "question?", "fragment#", "a:b@c", "🚢⚓", "größe 日本語", "cafe\u0301", "caf\u00e9", "\u001b[31mred\u001b[0m", "...", "~",
        "\u202etxt.exe", new string('x', 255), string.Concat(Enumerable.Repeat("日", 85)),
    ];

    // No character's beginning; Latin-1; GB18030; a slash written too long; half a surrogate pair.
    private static readonly string[] NoText = ["%FF%FE", "gr%F6%DFe", "%D6%D0%CE%C4.txt", "%C0%AF", "%ED%A0%80"];

    public static TheoryData<bool, string> Some => Check.HalfOfTransportsAndModels(second: false);

    public static TheoryData<bool, string> Others => Check.HalfOfTransportsAndModels(second: true);

    [Theory]
    [MemberData(nameof(Some))]
    public async Task Every_name_goes_up_is_listed_moves_and_comes_down(bool tls, string model)
    {
        await using var deployment = await Deployment.StartAsync("--model", model);
        Directory.CreateDirectory(deployment.Home["local"]);
        Directory.CreateDirectory(deployment.Home["back"]);
        foreach (var name in Names) await File.WriteAllTextAsync(Path.Combine(deployment.Home["local"], name), $"content of {name}");

        await deployment.DoAsync(["put", .. Names.Select(name => Path.Combine(deployment.Home["local"], name)), deployment.Url("/", tls)]);
        foreach (var name in Names) Assert.Equal($"content of {name}", await File.ReadAllTextAsync(deployment.Stored(name)));
        Assert.Equal(Names.Length, Directory.GetFiles(deployment.Stored("")).Length);

        var listed = await deployment.DoAsync("ls", "-a", "--json", deployment.Url("/", tls));
        var names = listed.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement.GetProperty("name").GetString()!);
        Assert.Equal(Names.Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));

        await deployment.DoAsync("mkdir", deployment.Url("/moved", tls));
        await Parallel.ForEachAsync(Names.Take(Check.All ? Names.Length : 3), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (name, _) =>
        {
            await deployment.DoAsync("mv", deployment.Url("/" + Encoded(name), tls), deployment.Url("/moved/" + Encoded(name), tls));
            await deployment.DoAsync("mv", deployment.Url("/moved/" + Encoded(name), tls), deployment.Url("/" + Encoded(name), tls));
        });

        await deployment.DoAsync(["get", .. Names.Select(name => deployment.Url("/" + Encoded(name), tls)), deployment.Home["back"]]);
        foreach (var name in Names) Assert.Equal($"content of {name}", await File.ReadAllTextAsync(Path.Combine(deployment.Home["back"], name)));
    }

    [Fact]
    public async Task A_leading_dash_and_a_relative_name_are_files_after_two_dashes()
    {
        await using var deployment = await Deployment.StartAsync();
        deployment.Home.Write("-r", "dash");
        await deployment.DoAsync("put", "./-r", deployment.Url("/"));
        await deployment.DoAsync("put", "--", "-r", deployment.Url("/second"));
        await deployment.DoAsync("get", "--", deployment.Url("/second"), "-back");
        Assert.Equal(("dash", "dash"), (await File.ReadAllTextAsync(deployment.Stored("-r")), await File.ReadAllTextAsync(deployment.Home["-back"])));
    }

    [Fact]
    public async Task Names_that_no_terminal_should_see_are_shown_escaped()
    {
        await using var deployment = await Deployment.StartAsync();
        const string Nasty = "\u001b]0;owned\u0007\nnext";
        var file = deployment.Home.Write(Nasty, "x");
        var url = deployment.Url("/" + Encoded(Nasty));
        string[] outputs =
        [
            await deployment.DoAsync("put", file, deployment.Url("/")), await deployment.DoAsync("ls", "-l", deployment.Url("/")),
            await deployment.DoAsync("stat", url), await deployment.DoAsync("hash", url), (await deployment.RunAsync("get", url + "x", "y")).Error,
            await deployment.DoAsync("get", url, deployment.Home[Nasty + "back"]), deployment.Server.Log,
        ];
        Assert.All(outputs, output => Assert.DoesNotContain(output, character => char.IsControl(character) && character != '\n'));
        Assert.Single(outputs[1].TrimEnd().Split('\n'));
    }

    /// <summary>
    /// Bytes that are no UTF-8: on the server they are written as %XX in the URL. Here files are called otherwise, because these tests' own file calls
    /// carry none.
    /// </summary>
    [Theory]
    [MemberData(nameof(Others))]
    public async Task Bytes_that_are_no_text_are_a_name_too(bool tls, string model)
    {
        await using var deployment = await Deployment.StartAsync("--model", model);
        var names = NoText[..(Check.All ? NoText.Length : 2)];
        string[] urls = [.. names.Select(name => deployment.Url("/" + name, tls))], moved = [.. urls.Select(url => url + "%80")];
        foreach (var (name, url) in names.Zip(urls)) await deployment.DoAsync("put", deployment.Home.Write("content", name), url);
        Assert.Equal(string.Concat(names), await deployment.DoAsync(["get", .. urls, "-"]));
        await deployment.DoAsync("get", urls[0], deployment.Home["back"]);
        Assert.Equal(names[0], await File.ReadAllTextAsync(deployment.Home["back"]));

        var listed = (await deployment.DoAsync("ls", "--json", deployment.Url("/", tls))).TrimEnd().Split('\n')
            .Select(line => Convert.ToHexString(JsonDocument.Parse(line).RootElement.GetProperty("name_b64").GetBytesFromBase64()));
        Assert.Equal(names.Select(name => Convert.ToHexString(Bytes(name))).Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));

        foreach (var (url, to) in urls.Zip(moved)) await deployment.DoAsync("mv", url, to);
        Assert.Equal(1, (await deployment.RunAsync("stat", urls[0])).ExitCode);
        foreach (var url in moved) await deployment.DoAsync("rm", url);
        Assert.Empty(Directory.GetFileSystemEntries(deployment.Stored("")));
    }

    [Fact]
    public async Task A_local_name_that_is_no_text_is_a_name_on_the_command_line_and_in_the_shell()
    {
        await using var deployment = await Deployment.StartAsync();
        // The shell is told the bytes, the program gets them as its argument (execve(2)); a wildcard finds them too.
        var script = """
            set -e
            name=$(printf 'raw\377\376.bin')
            mkdir work && cd work
            printf 'raw' > "$name"
            mkdir in "$name.d" && cp "$name" "$name.d"
            "$1" put -r "$name" "$name.d" "$2" >&2
            "$1" get -r "$2raw%FF%FE.bin" "$2raw%FF%FE.bin.d" in >&2
            cmp "$name" in/"$name"
            cmp "$name" in/"$name.d/$name"
            "$1" get "$2raw%FF%FE.bin" back-"$name" >&2
            cmp "$name" back-"$name"
            "$1" ls "$2"
            cd "$name.d"
            printf 'cd /\nlls\nput %s shell\nput r*.bin globbed\nget %s got-%s\nlcd ../in\nlls\nlcd ../%s.d\nls %s\n' "$name" "$name" "$name" "$name" "$name" > ../script
            "$1" shell "$2" < ../script
            cmp "$name" got-"$name"
            """;
        var result = await ArgosyCommand.RunProgramAsync(
            deployment.Home, "/bin/sh", ["-c", script, "sh", ArgosyCommand.Program, deployment.Url("/")], "", ("ARGOSY_PASSWORD", Deployment.Password));
        await ArgosyCommand.RunProgramAsync(deployment.Home, "/bin/rm", ["-rf", "--", deployment.Home["work"]]);
        Assert.True(result.ExitCode == 0, $"{result.ExitCode}: {result.Output}{result.Error}");
        Assert.DoesNotContain('\ufffd', result.Output + result.Error);
        Assert.Contains("raw\\xff\\xfe.bin", result.Output, StringComparison.Ordinal);
        Assert.Equal(("raw", "raw"), (await File.ReadAllTextAsync(deployment.Stored("shell")), await File.ReadAllTextAsync(deployment.Stored("globbed"))));
    }

    private static string Encoded(string name) => string.Concat(Encoding.UTF8.GetBytes(name).Select(value => $"%{value:X2}"));

    private static byte[] Bytes(string encoded) => Encoding.Latin1.GetBytes(
        Regex.Replace(encoded, "%([0-9A-F]{2})", match => ((char)Convert.ToByte(match.Groups[1].Value, 16)).ToString()));
}
