using System.Text.RegularExpressions;

namespace Argosy.Cli.Tests.Spine;

/// <summary>A server's key that was gone after a power failure would break every client's pin: what strace(1) shows of its making.</summary>
public sealed class KeyDurabilityTests : IDisposable
{
    private const int Timeout = 60_000;
    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact(Timeout = Timeout)]
    public async Task A_new_key_is_on_the_disk_and_then_its_name()
    {
        var trace = _home["trace"];
        await (await Deployment.StartWithinAsync(["strace", "-f", "-y", "-e", "trace=fsync,rename,renameat,renameat2", "-o", trace], new TempFolder(), quota: null)).DisposeAsync();

        var calls = File.ReadLines(trace).Select(Describe).Where(call => call.Length > 0).ToList();
        Assert.Equal(["sync key.pem.new", "rename key.pem", "sync data"], calls.SkipWhile(call => call != "sync key.pem.new").Take(3));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_disk_that_does_not_take_its_name_is_told_of()
    {
        // Every sync of the data folder itself fails, and nothing else.
        string[] failing = ["strace", "-f", "-P", _home["data"], "-e", "trace=fsync", "-e", "inject=fsync:error=EIO", "-o", _home["trace"]];
        var result = await ArgosyCommand.RunProgramAsync(
            _home, "/usr/bin/env", [.. failing, ArgosyCommand.Program, "serve", _home["share"], "--data", _home["data"], "--listen", "127.0.0.1:0"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Matches("The certificate .* cannot be used: the disk reports an error.", result.Error);
    }

    // The process's number is part of a new file's name.
    private static string Describe(string line)
    {
        var match = Regex.Match(line, """(fsync)\(\d+<[^>]*/([^/>]*)>\)|(rename)\w*\(.*/([^/"]*)"\)""");
        return !match.Success ? "" : match.Groups[1].Success
            ? $"sync {Regex.Replace(match.Groups[2].Value, @"\.\d+\.new$", ".new")}"
            : $"rename {match.Groups[4].Value}";
    }
}
