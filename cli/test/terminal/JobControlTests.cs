using Argosy.Cli.Tests.Transfer;
using Argosy.FrontEnds;

namespace Argosy.Cli.Tests.Terminals;

/// <summary>Commands as jobs of a shell: Ctrl-C ends a loop of them, and one that <c>bg</c> has sent on is stopped no more.</summary>
[Collection(nameof(TransferCommandsTests))]
public sealed class JobControlTests : IAsyncDisposable
{
    private const int Timeout = 120_000;
    private const string ControlC = "\u0003";
    private const string ControlZ = "\u001a";
    private readonly TransferWorld _world = new();
    private readonly TempFolder _home = new();

    private static string Program => ArgosyCommand.Program;

    public async ValueTask DisposeAsync()
    {
        _home.Dispose();
        await _world.DisposeAsync();
    }

    [Fact(Timeout = Timeout)]
    public async Task Control_c_ends_a_loop_of_uploads()
    {
        await using var shell = await StartShellAsync();
        await shell.TypeAsync($"for i in 1 2 3; do echo run:$i; {Program} put {_home["fifo"]} {_world.Url("/f")}; done\n");
        await using (var source = Feed())
        {
            await source.WriteAsync(new byte[1000]);
            await shell.TypeAsync(ControlC);
            await shell.ReadUntilAsync("argosy: Stopped.");
        }

        await shell.ReadUntilAsync("$ ");
        await shell.TypeAsync("echo code:$?\n");
        await shell.ReadUntilAsync("code:130");
        Assert.DoesNotContain("run:2", shell.Screen, StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task What_bg_has_sent_on_runs_to_its_end_in_the_background()
    {
        await using var shell = await StartShellAsync();
        for (var time = 0; time < (Spine.Check.All ? 20 : 4); time++)
        {
            await shell.TypeAsync($"{Program} put {_home["fifo"]} {_world.Url($"/sent{time}")}\n");
            await using (var source = Feed())
            {
                await source.WriteAsync(new byte[1000]);
                await shell.TypeAsync(ControlZ);
                await shell.ReadUntilAsync("Stopped");
                await shell.ReadUntilAsync("$ ");
                await shell.TypeAsync("bg\n");
                await shell.ReadUntilAsync("$ ");
                await source.WriteAsync(new byte[1000]);
            }

            // A job that was stopped again would end this with 128 + SIGTTOU.
            await shell.TypeAsync($"wait %%; echo code{time}:$?\n");
            await shell.ReadUntilAsync($"code{time}:0");
            Assert.Equal(2000, new FileInfo(_world.World.Path($"sent{time}")).Length);
        }
    }

    // One that edits no lines itself, so that what it shows is what it was given and what commands show.
    private async Task<TerminalSession> StartShellAsync()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "bash is not installed");
        Assert.Equal(0, (await ArgosyCommand.RunProgramAsync(_home, "/usr/bin/env", ["mkfifo", _home["fifo"]])).ExitCode);
        var shell = TerminalSession.Start(_home, "/bin/bash --norc --noprofile --noediting -i", ("ARGOSY_PASSWORD", FileWorld.Password), ("PS1", "$ "));
        await shell.ReadUntilAsync("$ ");
        return shell;
    }

    // Opened when the upload has opened its end: from then on it is under way.
    private FileStream Feed() => new(_home["fifo"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
}
