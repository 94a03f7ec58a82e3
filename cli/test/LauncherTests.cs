using System.Diagnostics;
using Argosy.Cli.Tests.Clones;

namespace Argosy.Cli.Tests;

/// <summary>The launcher <c>./argosy</c>, as a script that builds and starts whatever program is in its tree.</summary>
public sealed class LauncherTests : IDisposable
{
    private const string Notice = "argosy: building it first";

    private static readonly TimeSpan BuildPatience = TimeSpan.FromMinutes(5);

    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task One_of_ten_first_starts_builds_and_the_others_wait()
    {
        var launcher = Path.Combine(SourceTree.Small(_home["a b"]), "argosy");
        // Every other one is somebody's whose home does not exist.
        var starts = await Task.WhenAll(Enumerable.Range(0, 10).Select(number => ArgosyCommand.RunProgramAsync(
            _home, launcher, ["hello"], BuildPatience, Packages, ("HOME", number % 2 == 0 ? "/no/such/home" : _home.Path))));
        Assert.All(starts, start => Assert.Equal(0, start.ExitCode));
        Assert.All(starts, start => Assert.EndsWith($" in {_home.Path}: hello\n", start.Output));
        Assert.Equal(1, starts.Count(start => start.Error.StartsWith(Notice, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task It_rebuilds_when_sources_changed_and_only_then()
    {
        var tree = SourceTree.Small(_home["tree"]);
        var launcher = Path.Combine(tree, "argosy");
        var extra = Path.Combine(tree, "frontends", "small", "src", "Extra.cs");
        Assert.StartsWith(Notice, (await RunAsync(launcher)).Error);

        // Quiet once built; arguments, exit code and the caller's folder are the program's, through a link too.
        File.CreateSymbolicLink(_home["linked"], "tree/argosy");
        var linked = await RunAsync(_home["linked"], "fail");
        Assert.Equal((7, ""), (linked.ExitCode, linked.Error));
        Assert.EndsWith($" in {_home.Path}: fail\n", linked.Output);
        Assert.EndsWith(": a b|*|$HOME\n", (await RunAsync(launcher, "a b", "*", "$HOME")).Output);

        // A running program is not disturbed by the builds that follow.
        using var running = Process.Start(ArgosyCommand.Describe(_home, launcher, ["wait"], Packages, Quick))!;
        Assert.Equal($"{running.Id} in {_home.Path}: wait", await running.StandardOutput.ReadLineAsync());

        File.WriteAllText(extra, "");
        Assert.StartsWith(Notice, (await RunAsync(launcher)).Error);
        Assert.Equal("", (await RunAsync(launcher)).Error);

        // Builds that have grown old go away, but for the one that still runs.
        var store = Path.Combine(tree, "artifacts", "launcher");
        foreach (var build in Directory.GetDirectories(store, "build-*")) Directory.SetLastWriteTimeUtc(build, DateTime.UtcNow.AddHours(-1));
        File.Delete(extra);
        Assert.StartsWith(Notice, (await RunAsync(launcher)).Error);
        var inUse = Path.GetDirectoryName(File.ResolveLinkTarget($"/proc/{running.Id}/exe", returnFinalTarget: false)!.FullName)!;
        var current = Path.Combine(store, (await File.ReadAllLinesAsync(Path.Combine(store, "current")))[0]);
        Assert.Equal(new[] { inUse, current }.Order(), Directory.GetDirectories(store, "build-*").Order());
        running.StandardInput.Close();
        await running.WaitForExitAsync().WaitAsync(ArgosyCommand.Patience);
        Assert.Equal(0, running.ExitCode);
    }

    [Fact]
    public async Task A_failed_or_killed_build_is_told_and_stands_in_nobodys_way()
    {
        var tree = SourceTree.Small(_home["tree"]);
        var launcher = Path.Combine(tree, "argosy");
        var extra = Path.Combine(tree, "cli", "src", "Extra.cs");
        File.WriteAllText(extra, "this is no C#");
        var failed = await RunAsync(launcher);
        Assert.Equal((1, ""), (failed.ExitCode, failed.Output));
        Assert.Contains("Extra.cs(1,", failed.Error);
        File.Delete(extra);

        using (var killed = Process.Start(ArgosyCommand.Describe(_home, launcher, [], Packages, Quick))!)
        {
            Assert.StartsWith(Notice, await killed.StandardError.ReadLineAsync());
            killed.Kill(entireProcessTree: true);
            await killed.WaitForExitAsync();
        }

        Assert.Equal(0, (await RunAsync(launcher)).ExitCode);
    }

    [Fact]
    public async Task Without_an_SDK_it_says_what_to_install()
    {
        var tree = SourceTree.Small(_home["tree"]);
        Directory.CreateDirectory(_home["bin"]);
        foreach (var tool in new[] { "sh", "find", "mkdir", "flock", "cat", "ls", "readlink" })
        {
            var found = new[] { "/usr/bin", "/bin" }.Select(folder => Path.Combine(folder, tool)).FirstOrDefault(File.Exists);
            if (found is not null) File.CreateSymbolicLink(Path.Combine(_home["bin"], tool), found);
        }

        var result = await ArgosyCommand.RunProgramAsync(_home, Path.Combine(tree, "argosy"), [], "", ("PATH", _home["bin"]));
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("there is no 'dotnet' on the PATH", result.Error);
    }

    [Theory]
    [InlineData("put", null, "0")]
    [InlineData("put", "1", "1")]
    [InlineData("serve", null, "unset")]
    [InlineData("worker", null, "unset")]
    [InlineData("bench", null, "unset")]
    public async Task Only_short_commands_go_without_instrumentation(string command, string? users, string expected)
    {
        var build = Directory.CreateDirectory(_home["tree/artifacts/launcher/build"]).FullName;
        Directory.CreateDirectory(_home["tree/frontends/none/src"]);
        Directory.CreateDirectory(_home["tree/none/src"]);
        foreach (var (name, content) in new[] { ("../../../none.props", ""), ("../../../global.json", ""), ("../current", "build\n"), ("started", "") })
            File.WriteAllText(Path.Combine(build, name), content);
        File.WriteAllText(Path.Combine(build, "argosy"), "#!/bin/sh\necho \"${DOTNET_TieredPGO-unset}\"\n");
        File.SetUnixFileMode(Path.Combine(build, "argosy"), (UnixFileMode)0b111_101_101);
        File.Copy(Path.Combine(SourceTree.Repository, "argosy"), _home["tree/argosy"]);
        string[] environment = users is null ? ["-u", "DOTNET_TieredPGO"] : [$"DOTNET_TieredPGO={users}"];
        var result = await ArgosyCommand.RunProgramAsync(_home, "/usr/bin/env", [.. environment, _home["tree/argosy"], command]);
        Assert.Equal(($"{expected}\n", ""), (result.Output, result.Error));
    }

    [Fact]
    public async Task It_is_compiled_ahead_of_time_where_a_linker_works_and_this_is_wanted()
    {
        var tree = SourceTree.Small(_home["tree"]);
        var launcher = Path.Combine(tree, "argosy");
        var extra = Path.Combine(tree, "cli", "src", "Extra.cs");
        Assert.EndsWith(": first\n", (await BuildAsync("first")).Output);
        Assert.Equal(HasLinker, !NeedsRuntime());

        File.WriteAllText(extra, "// for the runtime");
        Assert.EndsWith(": second\n", (await BuildAsync("second", Quick)).Output);
        Assert.True(NeedsRuntime());

        // What is there and does not work hinders nobody.
        File.WriteAllText(extra, "// without a linker that works");
        var broken = Directory.CreateDirectory(_home["bin"]).FullName;
        File.WriteAllText(Path.Combine(broken, "clang"), "#!/bin/sh\nexit 1\n");
        File.SetUnixFileMode(Path.Combine(broken, "clang"), (UnixFileMode)0b111_101_101);
        Assert.EndsWith(": third\n", (await BuildAsync("third", ("PATH", $"{broken}:{Environment.GetEnvironmentVariable("PATH")}"))).Output);
        Assert.True(NeedsRuntime());

        Task<CommandResult> BuildAsync(string word, params (string, string)[] environment) =>
            ArgosyCommand.RunProgramAsync(_home, launcher, [word], BuildPatience, [Packages, .. environment]);

        bool NeedsRuntime()
        {
            var store = Path.Combine(tree, "artifacts", "launcher");
            return File.Exists(Path.Combine(store, File.ReadAllLines(Path.Combine(store, "current"))[0], "argosy.dll"));
        }
    }

    private static bool HasLinker => new[] { "/usr/bin/clang", "/usr/bin/gcc" }.Any(File.Exists);

    private static (string, string) Quick => ("ARGOSY_NATIVE", "0");

    private static (string, string) Packages => FreshClone.Packages;

    private Task<CommandResult> RunAsync(string launcher, params string[] arguments) =>
        ArgosyCommand.RunProgramAsync(_home, launcher, arguments, BuildPatience, Packages, Quick);
}
