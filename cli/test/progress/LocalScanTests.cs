using Argosy.Cli.Output;

namespace Argosy.Cli.Tests.Progressing;

public sealed class LocalScanTests : IDisposable
{
    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Whatever_names_are_made_of_their_files_count_and_links_do_not()
    {
        const string Script = """
            name=$(printf 'caf\351')
            mkdir -p "$1/tree/$name/inner" && printf 1234 > "$1/tree/$name/inner/$name" && printf 56 > "$1/tree/plain"
            ln -s . "$1/tree/round" && ln -s plain "$1/tree/link" && mkfifo "$1/tree/pipe"
            """;
        Assert.Equal(0, (await ArgosyCommand.RunProgramAsync(_home, "/bin/sh", ["-c", Script, "sh", _home.Path])).ExitCode);
        var scan = new LocalScan(_home["tree"]);
        scan.Run(CancellationToken.None);
        Assert.Equal((6, 2, true), (scan.Bytes, scan.Files, scan.IsComplete));
        await ArgosyCommand.RunProgramAsync(_home, "/bin/rm", ["-rf", _home["tree"]]);
    }
}
