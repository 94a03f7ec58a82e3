using Argosy.Cli.Tests.Spine;

namespace Argosy.Cli.Tests.Transfer;

/// <summary>What a client command finds around it: no home, few descriptors, pipes, its own standard output as a file, and a stop in the middle.</summary>
public sealed class SurroundingsTests(OpenServer open) : IClassFixture<OpenServer>, IDisposable
{
    private const int Timeout = 10 * 60_000;
    private readonly TempFolder _home = new();

    private string Url(string path, bool tls = false) => $"{(tls ? "argosy" : "argosy+plain")}://127.0.0.1:{open.Server.Address.Port}/{path}";

    public void Dispose() => _home.Dispose();

    [Theory(Timeout = Timeout)]
    [InlineData("/nonexistent")]
    [InlineData("here")]
    [InlineData("/dev/null")]
    public async Task Without_a_home_nothing_is_believed_or_kept_in_the_folder_that_one_is_in(string home)
    {
        (string, string)[] environment = [("HOME", home), ("XDG_CONFIG_HOME", ""), ("XDG_STATE_HOME", "relative")];
        var first = await ArgosyCommand.RunAsync(_home, ["ls", "--accept-new", Url("", tls: true)], "", environment);
        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        await File.WriteAllBytesAsync(_home["big"], Contents.Random(3 << 20, 1));
        Assert.Equal(0, (await ArgosyCommand.RunAsync(_home, ["put", "--accept-new", "big", Url($"big{home.Length}", tls: true)], "", environment)).ExitCode);
        Assert.Equal(["big"], Directory.GetFileSystemEntries(_home.Path).Select(Path.GetFileName));

        // The pin is right, and stands where no decision of this user can stand.
        var fingerprint = (await ArgosyCommand.RunAsync(_home, ["ls", Url("", tls: true)], "", environment)).Error;
        foreach (var folder in (string[])[".config/argosy", "here/.config/argosy", "relative/argosy", "argosy"])
        {
            Directory.CreateDirectory(_home[folder]);
            await File.WriteAllTextAsync(
                _home[$"{folder}/known_servers"], $"127.0.0.1:{open.Server.Address.Port} {fingerprint[fingerprint.IndexOf("sha256:", StringComparison.Ordinal)..][..71]}\n");
        }

        if (home == "here")
            Directory.Delete(_home["here"], recursive: true);
        var second = await ArgosyCommand.RunAsync(_home, ["ls", Url("", tls: true)], "", environment);
        Assert.Equal(4, second.ExitCode);
        Assert.Contains("cannot be kept here, since there is no home folder", second.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task With_fewer_descriptors_than_the_runtime_needs_that_is_said()
    {
        var result = await ArgosyCommand.RunProgramAsync(_home, "/bin/sh", ["-c", "ulimit -n 64; exec \"$0\" ls", ArgosyCommand.Program]);
        Assert.Equal(
            (1, "", "argosy: 64 open files are too few (ulimit -n), 128 are needed. Allow more first: ulimit -n 1024\n"), (result.ExitCode, result.Output, result.Error));
    }

    [Theory(Timeout = Timeout)]
    [InlineData(128)]
    [InlineData(256)]
    public async Task A_tree_of_many_small_files_needs_few_descriptors(int limit)
    {
        var (folders, files) = Check.All ? (300, 11) : (60, 5);
        foreach (var folder in Enumerable.Range(0, folders))
        {
            Directory.CreateDirectory(_home[$"tree/{folder}"]);
            for (var file = 0; file < files; file++)
                await File.WriteAllTextAsync(_home[$"tree/{folder}/{file}"], $"{folder} {file}");
        }

        for (var (deep, depth) = ("tree/deep", 0); depth < 12; depth++, deep += "/d")
            Directory.CreateDirectory(_home[deep]);
        foreach (var words in (string[][])[["put", "tree", Url($"tree-{limit}")], ["put", "tree", Url($"tree-{limit}")], ["get", Url($"tree-{limit}"), "back"]])
        {
            var result = await ArgosyCommand.RunProgramAsync(
                _home, "/bin/sh", ["-c", $"ulimit -n {limit}; exec \"$0\" \"$@\"", ArgosyCommand.Program, words[0], "-r", .. words[1..]], TimeSpan.FromMinutes(3));
            Assert.Equal((0, ""), (result.ExitCode, result.Error));
        }

        foreach (var folder in Enumerable.Range(0, folders))
            Assert.Equal(files, Directory.GetFiles(_home[$"back/{folder}"]).Length);
    }

    [Fact(Timeout = Timeout)]
    public async Task Standard_output_by_its_path_is_written_to_as_it_is()
    {
        await File.WriteAllTextAsync(_home["f"], "middle\n");
        Assert.Equal(0, (await ArgosyCommand.RunAsync(_home, "put", "f", Url("f"))).ExitCode);
        foreach (var path in (string[])["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "/dev/fd/5"])
        {
            var result = await ArgosyCommand.RunProgramAsync(
                _home, "/bin/sh", ["-c", $"{{ echo first; \"$0\" get {Url("f")} {path} 5>&1 >{(path.EndsWith('5') ? "/dev/null" : "&1")}; echo last; }} >>o; cat o; rm o", ArgosyCommand.Program]);
            Assert.StartsWith("first\nmiddle\n", result.Output, StringComparison.Ordinal);
            Assert.EndsWith("last\n", result.Output, StringComparison.Ordinal);
        }
    }

    [Theory(Timeout = Timeout)]
    [InlineData("put", 15)]
    [InlineData("get", 15)]
    [InlineData("put", 2)]
    public async Task A_pipe_that_nobody_opens_ends_with_the_signal(string verb, int signal)
    {
        await File.WriteAllTextAsync(_home["f"], "text");
        Assert.Equal(0, (await ArgosyCommand.RunAsync(_home, "put", "f", Url("f"))).ExitCode);
        Assert.Equal(0, (await ArgosyCommand.RunProgramAsync(_home, "/usr/bin/mkfifo", ["pipe"])).ExitCode);
        string[] words = verb == "put" ? ["put", "pipe", Url("piped")] : ["get", Url("f"), "pipe"];
        await using var command = RunningCommand.Start(ArgosyCommand.Describe(_home, ArgosyCommand.Program, words));
        await Poll.UntilAsync(() => ProcessTree.Catches(command.Id, signal), () => "It does not listen for the signal");
        await Task.Delay(1000); // There is nothing to see while it waits.
        Assert.False(command.HasExited);
        command.Signal(signal);
        var result = await command.WaitAsync();
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("Stopped", result.Error, StringComparison.Ordinal);
    }

    [Theory(Timeout = Timeout)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stop_of_the_process_costs_nothing_but_time(bool up)
    {
        var stopped = TimeSpan.FromSeconds(Check.All ? 45 : 5); // 45 s is longer than the clocks of both ends; the client's own suite shows the same with a clock that jumps.
        await using var line = await ResumeLine.StartAsync();
        await line.WriteAsync("f", 24 << 20, 1);
        if (!up)
            await line.StoreAsync("g", 24 << 20, 2);
        await line.StopInTheMiddleAsync(up ? "f" : "g", up, stopped);
        Contents.AssertSame(line.Local(up ? "f" : "g"), line.Deployment.Stored(up ? "f" : "g"));
    }
}
