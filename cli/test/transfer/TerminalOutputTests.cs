namespace Argosy.Cli.Tests.Transfer;

/// <summary>Files shown on a terminal: text is, and what a terminal would obey is not.</summary>
[Collection(nameof(TransferCommandsTests))]
public sealed class TerminalOutputTests : IAsyncDisposable
{
    private readonly TransferWorld _world = new();
    private readonly TempFolder _home = new();

    public async ValueTask DisposeAsync()
    {
        _home.Dispose();
        await _world.DisposeAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task What_is_no_text_is_shown_only_when_that_is_said()
    {
        await File.WriteAllTextAsync(_world.World.Path("text"), "readable\n");
        await File.WriteAllBytesAsync(_world.World.Path("binary"), [.. "before"u8, 0, .. "after"u8]);
        _world.Write("all", $"""
            {ArgosyCommand.Program} get {_world.Url("/text")} -; echo text:$?
            {ArgosyCommand.Program} get {_world.Url("/binary")} -; echo binary:$?
            {ArgosyCommand.Program} get {_world.Url("/binary")} - > {_world["copy"]}; echo copied:$?
            {ArgosyCommand.Program} get {_world.Url("/binary")} - --to-terminal; echo said:$?
            """);
        await using var terminal = TerminalSession.Start(_home, $"/bin/sh {_world["all"]}", ("ARGOSY_PASSWORD", FrontEnds.FileWorld.Password));
        await terminal.WaitAsync();
        Assert.Contains("readable\r\ntext:0", terminal.Screen, StringComparison.Ordinal);
        Assert.Contains("argosy: /binary: not text, so it is not shown on the terminal.", terminal.Screen, StringComparison.Ordinal);
        Assert.Contains("binary:1", terminal.Screen, StringComparison.Ordinal);
        Assert.Contains("copied:0", terminal.Screen, StringComparison.Ordinal);
        Assert.Contains("aftersaid:0", terminal.Screen, StringComparison.Ordinal);
        Assert.Equal(12, new FileInfo(_world["copy"]).Length);
    }
}
