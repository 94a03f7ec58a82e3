using System.Text.Json;
using Argosy.Cli.Tests.Spine;

namespace Argosy.Cli.Tests.Transfer;

/// <summary>Folders up and down, as a person or a script meets them: real processes.</summary>
public sealed class FolderCommandsTests
{
    private const int Timeout = 10 * 60_000;

    [Theory(Timeout = Timeout)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_folder_goes_up_and_comes_down_as_it_was(bool tls)
    {
        await using var deployment = await Deployment.StartAsync();
        await ShellAsync(deployment, """
            mkdir -p tree/empty "tree/sp ace" tree/a/b/c; echo one > tree/one; echo two > tree/a/b/c/two; echo x > "tree/sp ace/-x"
            head -c 3000000 /dev/zero > tree/a/big; : > tree/nothing; printf 1 > "tree/$(printf 'b\377d')"; printf 2 > "tree/$(printf 'new\nline')"
            printf '#!/bin/sh\n' > tree/run; chmod 755 tree/run; chmod 600 tree/one
            touch -d '2001-02-03 04:05:06.123456' tree/one tree/run tree/empty tree/a/b/c/two tree/a/b/c tree/a/b; touch -d '1969-07-20 20:17:40' tree/a
            """);
        await deployment.DoAsync("put", "-r", "tree", deployment.Url("/", tls));
        await deployment.DoAsync("get", "-r", deployment.Url("/tree", tls), "back");
        await AssertSameTreeAsync(deployment, "tree", "back");
        Assert.Equal("0 files stored (0 B), 8 already there", LastLine(await deployment.DoAsync("put", "-r", "tree/", deployment.Url("/", tls))));
        Assert.Equal("0 files fetched (0 B), 8 already there", LastLine(await deployment.DoAsync("get", "-r", deployment.Url("/tree/", tls), "back")));
        await AssertSameTreeAsync(deployment, "tree", "back");
        await ShellAsync(deployment, "rm -r tree back"); // Directory.Delete cannot remove names that are no text.
    }

    [Fact(Timeout = Timeout)]
    public async Task Links_are_left_out_kept_or_followed_and_never_lead_out()
    {
        await using var deployment = await Deployment.StartAsync();
        await ShellAsync(deployment, """
            mkdir -p tree/a secret; echo f > tree/f; echo s > secret/s
            ln -s f tree/near; ln -s ../f tree/a/up; ln -s "$PWD/secret" tree/far; ln -s ../secret/s tree/out; ln -s a/../../secret/s tree/sly; ln -s .. tree/a/loop
            mkfifo tree/fifo
            """);
        var result = await deployment.RunAsync("put", "-r", "tree", deployment.Url("/skipped"));
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(7, result.Error.TrimEnd().Split('\n').Length);
        Assert.Contains("argosy: /skipped/fifo: a device, pipe or socket", result.Error, StringComparison.Ordinal);
        Assert.Equal(["a", "f"], await NamesAsync(deployment, "share/alex/skipped"));

        result = await deployment.RunAsync("put", "-r", "--links", "tree", deployment.Url("/kept"));
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["a", "a/loop -> ..", "a/up -> ../f", "f", "near -> f"], await NamesAsync(deployment, "share/alex/kept"));
        result = await deployment.RunAsync("get", "-r", "--links", deployment.Url("/kept"), "kept");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(["a", "a/loop -> ..", "a/up -> ../f", "f", "near -> f"], await NamesAsync(deployment, "kept"));

        result = await deployment.RunAsync("put", "-r", "--copy-links", "tree", deployment.Url("/followed"));
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("/followed/a/loop: a link that leads back to a folder it lies in", result.Error, StringComparison.Ordinal);
        Assert.Equal(["a", "a/up", "f", "far", "far/s", "near", "out", "sly"], (await NamesAsync(deployment, "share/alex/followed")));
        result = await deployment.RunAsync("get", "-r", "--copy-links", deployment.Url("/kept"), "copied");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("copied/a/loop: a link that leads back", result.Error, StringComparison.Ordinal);
        Assert.Equal(["a", "a/up", "f", "near"], await NamesAsync(deployment, "copied"));
        Assert.Equal(2, (await deployment.RunAsync("put", "-r", "--links", "--copy-links", "tree", deployment.Url("/x"))).ExitCode);
    }

    [Fact(Timeout = Timeout)]
    public async Task One_entry_that_fails_does_not_stop_the_rest()
    {
        await using var deployment = await Deployment.StartAsync();
        await ShellAsync(deployment, """
            mkdir -p tree/a tree/b share/alex/tree share/alex/tree/file-here; echo 1 > tree/a/1; echo 2 > tree/b/2; echo 3 > tree/file-here; echo 4 > tree/4
            echo not-a-folder > share/alex/tree/a
            """);
        var result = await deployment.RunAsync("put", "-r", "--json", "tree", deployment.Url("/"));
        Assert.Equal(1, result.ExitCode);
        var lines = result.Output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(["/tree/a", "/tree/file-here"], lines.Where(line => line.TryGetProperty("error", out _)).Select(line => line.GetProperty("about").GetString()).Order());
        Assert.Equal((2, 2), (lines[^1].GetProperty("stored").GetInt32(), lines[^1].GetProperty("failed").GetInt32()));
        Assert.True(File.Exists(deployment.Stored("tree/b/2")));

        await ShellAsync(deployment, "mkdir -p back/tree/4; echo x > back/tree/b");
        result = await deployment.RunAsync("get", "-r", deployment.Url("/tree"), "back");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal(2, result.Error.TrimEnd().Split('\n').Length);
        Assert.Equal("not-a-folder\n", await File.ReadAllTextAsync(deployment.Home["back/tree/a"]));
        Assert.Equal("x\n", await File.ReadAllTextAsync(deployment.Home["back/tree/b"]));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_link_that_stands_in_the_target_is_not_followed()
    {
        await using var deployment = await Deployment.StartAsync();
        await ShellAsync(deployment, """
            mkdir -p tree/sub outside back/tree; echo new > tree/sub/file; echo new > tree/plain; echo old > outside/plain
            ln -s ../../outside back/tree/sub; ln -s ../../outside/plain back/tree/plain
            """);
        await deployment.DoAsync("put", "-r", "tree", deployment.Url("/"));
        var result = await deployment.RunAsync("get", "-r", deployment.Url("/tree"), "back");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("is a link here, which is not followed", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(deployment.Home["outside/file"]));
        Assert.Equal("old\n", await File.ReadAllTextAsync(deployment.Home["outside/plain"]));
        Assert.Equal("new\n", await File.ReadAllTextAsync(deployment.Home["back/tree/plain"]));
    }

    [Fact(Timeout = Timeout)]
    public async Task No_clobber_wildcards_and_many_sources_work_together()
    {
        await using var deployment = await Deployment.StartAsync();
        await ShellAsync(deployment, "mkdir -p tree/in one two; for i in a b c; do echo $i > tree/$i.txt; done; echo d > tree/in/d.txt; echo h > tree/.h.txt; echo x > 'tree/*'; echo 1 > one/f; echo 2 > two/g");
        await deployment.DoAsync("put", "-r", "tree", "one", "two", deployment.Url("/"));
        Assert.Equal("1\n", await File.ReadAllTextAsync(deployment.Stored("one/f")));
        await ShellAsync(deployment, "mkdir got more; echo mine > got/a.txt");
        Assert.Equal("got/a.txt  exists, left alone\ngot/b.txt  2 B\n", await deployment.DoAsync("get", "--no-clobber", deployment.Url("/tree/[ab].txt"), "got"));
        await deployment.DoAsync("get", deployment.Url("/t*/?n/*"), deployment.Url("/tree/[!ab].txt"), "more");
        Assert.Equal(["c.txt", "d.txt"], await NamesAsync(deployment, "more"));
        Assert.Equal("star  2 B\n", await deployment.DoAsync("get", deployment.Url("/tree/%2A"), "star"));
        var result = await deployment.RunAsync("get", deployment.Url("/tree/*.pdf"), "more");
        Assert.Equal((1, "argosy: /tree/*.pdf: nothing on the server matches\n"), (result.ExitCode, result.Error));
        await ShellAsync(deployment, "echo other > tree/a.txt; echo e > tree/e.txt");
        Assert.Contains("1 file stored (2 B), 6 left alone", LastLine(await deployment.DoAsync("put", "-r", "--no-clobber", "tree", deployment.Url("/"))), StringComparison.Ordinal);
        Assert.Equal("a\n", await File.ReadAllTextAsync(deployment.Stored("tree/a.txt")));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_folder_of_many_entries_needs_no_more_memory_than_one_of_few()
    {
        var many = Check.All ? 100_000 : 20_000;
        await using var deployment = await Deployment.StartAsync();
        await ShellAsync(deployment, $"mkdir few many; for i in 1 2 3; do : > few/$i; done; cd many; seq {many} | xargs touch");
        var (small, least) = await deployment.MeasureAsync("put", "-r", "few", deployment.Url("/"));
        var (up, most) = await deployment.MeasureAsync("put", "-r", "many", deployment.Url("/"));
        Assert.Equal((0, 0), (small.ExitCode, up.ExitCode));
        Assert.Equal($"{many} files stored (0 B)", LastLine(up.Output));
        Assert.True(most < least + (96L << 20), $"{most >> 20} MiB instead of {least >> 20}");
        var (down, peak) = await deployment.MeasureAsync("get", "-r", deployment.Url("/many"), "back");
        Assert.Equal($"{many} files fetched (0 B)", LastLine(down.Output));
        Assert.True(peak < least + (96L << 20), $"{peak >> 20} MiB instead of {least >> 20}");
        Assert.Equal(many, Directory.EnumerateFiles(deployment.Home["back"]).Count());
    }

    [Fact(Timeout = Timeout)]
    public async Task A_deep_tree_goes_up_and_comes_down()
    {
        await using var deployment = await Deployment.StartAsync();
        await ShellAsync(deployment, "mkdir deep; cd deep; for i in $(seq 300); do mkdir d; cd d; done; echo bottom > file");
        await deployment.DoAsync("put", "-r", "deep", deployment.Url("/"));
        Assert.Equal("1 file fetched (7 B)", LastLine(await deployment.DoAsync("get", "-r", deployment.Url("/deep"), "back")));
        await AssertSameTreeAsync(deployment, "deep", "back");
    }

    [Fact(Timeout = Timeout)]
    public async Task A_tree_that_was_cut_goes_on_in_the_same_place()
    {
        await using var line = await ResumeLine.StartAsync();
        var tree = line.Deployment.Home["tree"];
        await ShellAsync(line.Deployment, "mkdir -p tree/sub; head -c 9000000 /dev/urandom > tree/sub/big; for i in $(seq 60); do head -c 50000 /dev/urandom > tree/$i; done");
        await line.CutTreeAsync(["put", "-r", tree, line.Url("copy", tls: false)], up: true, 5_000_000);
        await line.RunTreeAsync("put", "-r", tree, line.Url("copy", tls: false));
        await AssertSameTreeAsync(line.Deployment, "tree", "share/alex/copy");
        await line.CutTreeAsync(["get", "-r", line.Url("copy", tls: false), "back"], up: false, 5_000_000);
        await line.RunTreeAsync("get", "-r", line.Url("copy", tls: false), "back");
        await AssertSameTreeAsync(line.Deployment, "tree", "back");
    }

    private static string LastLine(string output) => output.TrimEnd().Split('\n')[^1];

    [Fact(Timeout = Timeout)]
    public async Task Many_files_at_a_time_need_few_descriptors()
    {
        await using var deployment = await Deployment.StartAsync();
        await ShellAsync(deployment, """
            mkdir -p tree/small tree/large tree/deep back
            for i in $(seq 1200); do echo $i > tree/small/$i; mkdir tree/deep/$i; echo $i > tree/deep/$i/f; done
            for i in $(seq 400); do head -c 70000 /dev/zero > tree/large/$i; done
            """);
        for (var time = 0; time < 2; time++)
        {
            await UnderLimitAsync("put", "-r", "tree", deployment.Url("/"));
            await UnderLimitAsync("get", "-r", deployment.Url("/tree"), "back");
        }

        await AssertSameTreeAsync(deployment, "tree", "back/tree");

        async Task UnderLimitAsync(string command, params string[] words)
        {
            var result = await ArgosyCommand.RunProgramAsync(
                deployment.Home, "/bin/sh", ["-c", "ulimit -n 1024; exec \"$0\" \"$@\"", ArgosyCommand.Program, command, "--accept-new", .. words],
                TimeSpan.FromMinutes(2), ("ARGOSY_PASSWORD", Deployment.Password));
            Assert.Equal((0, ""), (result.ExitCode, result.Error));
        }
    }

    private static async Task ShellAsync(Deployment deployment, string script)
    {
        var result = await ArgosyCommand.RunProgramAsync(deployment.Home, "/bin/sh", ["-ec", script], TimeSpan.FromMinutes(2));
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
    }

    // Names, types, permissions, sizes, times, contents: whatever find and cksum see.
    private static async Task AssertSameTreeAsync(Deployment deployment, string expected, string actual)
    {
        const string Describe = """cd "$1" && find . -printf '%p %y %m %s %TY-%Tm-%Td %TH:%TM:%.9TS %l\0' | sed -z 's/ d \([0-7]*\) [0-9]*/ d \1/' | LC_ALL=C sort -z | tr '\0' '\n'; find . -type f -print0 | LC_ALL=C sort -z | xargs -0 cksum""";
        var left = await ArgosyCommand.RunProgramAsync(deployment.Home, "/bin/sh", ["-c", Describe, "sh", expected]);
        var right = await ArgosyCommand.RunProgramAsync(deployment.Home, "/bin/sh", ["-c", Describe, "sh", actual]);
        Assert.Equal(WithoutFractions(left.Output), WithoutFractions(right.Output));
    }

    // Times travel as whole microseconds.
    private static string WithoutFractions(string listing) => System.Text.RegularExpressions.Regex.Replace(listing, @"(\.\d{6})\d{3,4}", "$1");

    private static async Task<string[]> NamesAsync(Deployment deployment, string folder)
    {
        var result = await ArgosyCommand.RunProgramAsync(
            deployment.Home, "/bin/sh", ["-c", """cd "$1" && find . -mindepth 1 \( -type l -printf '%P -> %l\n' -o -printf '%P\n' \) | LC_ALL=C sort""", "sh", folder]);
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
