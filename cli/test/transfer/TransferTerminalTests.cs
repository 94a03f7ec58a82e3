using Argosy.FrontEnds;

namespace Argosy.Cli.Tests.Transfer;

/// <summary>What a person at a terminal meets when files are moved.</summary>
[Collection(nameof(TransferCommandsTests))]
public sealed class TransferTerminalTests : IAsyncDisposable
{
    private const int Timeout = 60_000;
    private const string ControlC = "\u0003";
    private readonly TransferWorld _world = new();
    private readonly TempFolder _home = new();

    public async ValueTask DisposeAsync()
    {
        _home.Dispose();
        await _world.DisposeAsync();
    }

    [Fact(Timeout = Timeout)]
    public async Task A_password_is_asked_for_and_never_shown()
    {
        await File.WriteAllTextAsync(_world.World.Path("there"), "");
        await using var terminal = TerminalSession.Start(_home, $"env -u ARGOSY_PASSWORD {ArgosyCommand.Program} ls {_world.Url("/")}");
        await terminal.ReadUntilAsync("Password of alex");
        await terminal.TypeAsync(FileWorld.Password + "\n");
        Assert.Equal(0, await terminal.WaitAsync());
        Assert.Contains("there", terminal.Screen, StringComparison.Ordinal);
        Assert.DoesNotContain("horse", terminal.Screen, StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task An_upload_shows_how_far_it_is_and_control_c_leaves_nothing()
    {
        var fifo = _world["fifo"];
        Assert.Equal(0, await RunAsync("mkfifo", fifo));
        await using var terminal = TerminalSession.Start(
            _home, $"{ArgosyCommand.Program} put {fifo} {_world.Url("/f")}", ("ARGOSY_PASSWORD", FileWorld.Password));
        await using (var source = new FileStream(fifo, FileMode.Open, FileAccess.Write))
        {
            await source.WriteAsync(new byte[1_000_000]);
            await terminal.ReadUntilAsync("977 KiB");
            await terminal.TypeAsync(ControlC);
            Assert.Equal(128 + ServeProcess.SigInt, await terminal.WaitAsync());
        }

        Assert.Contains("Stopped. Nothing unfinished was kept.", terminal.Screen, StringComparison.Ordinal);
        Assert.False(File.Exists(_world.World.Path("f")));
    }

    private static async Task<int> RunAsync(string program, string argument)
    {
        using var process = System.Diagnostics.Process.Start(program, [argument]);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
