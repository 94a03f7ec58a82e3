using Argosy.Cli.Tests.Transfer;
using Argosy.FrontEnds;

namespace Argosy.Cli.Tests;

/// <summary>Standard streams that are closed, full, or read by nobody: said plainly, and nobody's bug.</summary>
[Collection(nameof(TransferCommandsTests))]
public sealed class StreamTests : IAsyncDisposable
{
    private const string Full = "argosy: cannot write to standard output: the disk is full\n";
    private const string Closed = "argosy: cannot write to standard output: it is closed\n";
    private const string NoInput = "argosy: standard input is closed, so there is nothing to read from it\n";
    private readonly TransferWorld _world = new();
    private readonly TempFolder _home = new();

    public async ValueTask DisposeAsync()
    {
        _home.Dispose();
        await _world.DisposeAsync();
    }

    [Theory(Timeout = 120_000)]
    [InlineData("--version > /dev/full", 1, Full)]
    [InlineData("--help > /dev/full", 1, Full)]
    [InlineData("user list --data HOME/data --json > /dev/full", 1, Full)]
    [InlineData("ls URL/ > /dev/full", 1, Full)]
    [InlineData("get URL/there - > /dev/full", 1, "argosy: /there: cannot write to standard output: the disk is full\n")]
    [InlineData("--version >&-", 1, Closed)]
    [InlineData("ls URL/ >&-", 1, Closed)]
    [InlineData("ls URL/none 2>&-", 1, "")]
    [InlineData("ls URL/ 2> /dev/full", 0, "")]
    [InlineData("put - URL/new <&-", 2, NoInput)]
    [InlineData("shell URL/ <&-", 2, NoInput)]
    [InlineData("ls --password-stdin URL/ <&-", 2, NoInput)]
    [InlineData("ls URL/ | true", 0, "")]
    public async Task What_cannot_be_read_or_written_is_said_plainly(string command, int expected, string said)
    {
        await File.WriteAllTextAsync(_world.World.Path("there"), "content");
        if (command.StartsWith("user ", StringComparison.Ordinal))
            Assert.Equal(0, (await ArgosyCommand.RunAsync(_home, ["user", "add", "zoe", "--password-stdin", "--data", _home["data"]], "long enough")).ExitCode);
        var line = command.Replace("URL", _world.Url(""), StringComparison.Ordinal).Replace("HOME", _home.Path, StringComparison.Ordinal);
        var result = await ArgosyCommand.RunProgramAsync(_home, "/bin/sh", ["-c", $"{ArgosyCommand.Program} {line}"], "", ("ARGOSY_PASSWORD", FileWorld.Password));
        Assert.Equal((expected, said), (result.ExitCode, result.Error));
        Assert.False(File.Exists(_world.World.Path("new")));
    }
}
