using Argosy.Cli.Tests.Spine;
using Argosy.Cli.Tests.Transfer;
using Argosy.FrontEnds;

namespace Argosy.Cli.Tests.Terminals;

/// <summary>The terminal is left as it was found: its modes (termios), and the modes that it is told by escapes, of which commands that edit no line send none.</summary>
[Collection(nameof(TransferCommandsTests))]
public sealed class TerminalKeptTests : IAsyncDisposable
{
    private const int Timeout = 120_000;
    private const string ControlC = "\u0003";
    private const string ControlZ = "\u001a";
    private const char Escape = '\u001b';
    private readonly TransferWorld _world = new();
    private readonly TempFolder _home = new();

    private static string Program => ArgosyCommand.Program;

    public async ValueTask DisposeAsync()
    {
        _home.Dispose();
        await _world.DisposeAsync();
    }

    [Fact(Timeout = Timeout)]
    public async Task No_command_changes_it()
    {
        _world.Write("local", "content");
        string[] commands =
        [
            "--version", "--help", "no-such-command", "put --no-such-option", $"mkdir {Url("/d")}", $"put local {Url("/f")}", $"ls {Url("/")}", $"ls -l {Url("/")}",
            $"stat {Url("/f")}", $"hash {Url("/f")}", $"get {Url("/f")} here", $"get {Url("/f")} -", $"mv {Url("/f")} g", $"rm {Url("/g")}", $"uploads {Url("/")}",
            $"rm {Url("/none")}", "ls argosy+plain://127.0.0.1:1/", $"user list --data {_home["data"]}", $"shell {Url("/")} < script", $"ls {Url("/")} | cat",
        ];
        _world.Write("script", "ls\nquit\n");
        var lines = commands.Select(command => $"{Program} {command}\nstty -g >> {_home["modes"]}");
        _world.Write("all", $"cd {_world["."]}\nstty -g > {_home["modes"]}\n{string.Join('\n', lines)}\n");
        await using var terminal = TerminalSession.Start(_home, $"/bin/sh {_world["all"]}", Password);
        await terminal.WaitAsync();
        var modes = await File.ReadAllLinesAsync(_home["modes"]);
        Assert.Equal(commands.Length + 1, modes.Length);
        Assert.Single(modes.Distinct());
        Assert.Contains("content", terminal.Screen, StringComparison.Ordinal);
        Assert.DoesNotContain(Escape, terminal.Screen);
    }

    [Fact(Timeout = Timeout)]
    public async Task Neither_does_a_server_nor_what_makes_its_accounts()
    {
        var data = _home["served"];
        await using var shell = await StartShellAsync();
        foreach (var command in (string[])["add", "passwd"])
        {
            await shell.TypeAsync($"{Program} user {command} zoe --data {data}\n");
            await shell.ReadUntilAsync("Password for zoe: ");
            await shell.TypeAsync(FileWorld.Password + "\n");
            await shell.ReadUntilAsync("Again: ");
            await shell.TypeAsync(FileWorld.Password + "\n");
            await shell.ReadUntilAsync(command == "add" ? "Added zoe." : "Changed the password of zoe.");
            await NoteModesAsync(shell);
        }

        await shell.TypeAsync($"{Program} user list --data {data}\n");
        await NoteModesAsync(shell);
        await shell.TypeAsync($"{Program} serve {_home["share"]} --data {data} --listen 127.0.0.1:0\n");
        await shell.ReadUntilAsync("Ctrl-C stops.");
        await shell.TypeAsync(ControlC);
        await shell.ReadUntilAsync("$ ");
        await NoteModesAsync(shell);
        await AssertKeptAsync(shell, 5);
        Assert.DoesNotContain("horse", shell.Screen, StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_question_for_a_password_stays_hidden_through_stops_and_gives_the_terminal_back()
    {
        await using var shell = await StartShellAsync();
        await shell.TypeAsync($"env -u ARGOSY_PASSWORD {Program} mkdir {Url("/d")}\n");
        await shell.ReadUntilAsync("Password of alex");
        await shell.TypeAsync(FileWorld.Password + "\n");
        await shell.ReadUntilAsync("$ ");
        await NoteModesAsync(shell);

        await shell.TypeAsync($"env -u ARGOSY_PASSWORD {Program} ls {Url("/")}\n");
        await shell.ReadUntilAsync("Password of alex");
        await shell.TypeAsync(ControlZ);
        await shell.ReadUntilAsync("Stopped");
        await shell.ReadUntilAsync("$ ");
        await NoteModesAsync(shell);
        await shell.TypeAsync("fg\n");
        await shell.ReadUntilAsync("Password of alex");
        await shell.TypeAsync(FileWorld.Password + "\n");
        await shell.TypeAsync("echo code:$?\n");
        await shell.ReadUntilAsync("code:0");
        await NoteModesAsync(shell);

        await shell.TypeAsync($"for i in 1 2 3; do echo run:$i; env -u ARGOSY_PASSWORD {Program} ls {Url("/")}; done\n");
        await shell.ReadUntilAsync("run:1");
        await shell.ReadUntilAsync("Password of alex");
        await shell.TypeAsync(ControlC);
        await shell.ReadUntilAsync("$ ");
        await shell.TypeAsync("echo code:$?\n");
        await shell.ReadUntilAsync("code:130");
        Assert.DoesNotContain("run:2", shell.Screen, StringComparison.Ordinal);
        Assert.Matches(@"Password of alex at [^\r\n]*: *\r\nargosy: Stopped\.\r\n", shell.Screen);
        await NoteModesAsync(shell);

        await shell.TypeAsync($"env -u ARGOSY_PASSWORD sh -c 'echo $$ > {_home["pid"]}; exec {Program} ls {Url("/")}'\n");
        await shell.ReadUntilAsync("Password of alex");
        Assert.Equal(0, (await ArgosyCommand.RunProgramAsync(_home, "/bin/kill", [(await File.ReadAllTextAsync(_home["pid"])).Trim()])).ExitCode);
        await shell.ReadUntilAsync("argosy: Stopped.");
        await shell.ReadUntilAsync("$ ");
        await NoteModesAsync(shell);
        await AssertKeptAsync(shell, 6);
        Assert.DoesNotContain("horse", shell.Screen, StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_command_that_goes_on_after_a_stop_leaves_alone_what_others_have_set_meanwhile()
    {
        Assert.Equal(0, (await ArgosyCommand.RunProgramAsync(_home, "/usr/bin/env", ["mkfifo", _home["fifo"]])).ExitCode);
        await using var shell = await StartShellAsync();
        await shell.TypeAsync($"tty > {_home["tty"]}; sh -c 'echo $$ > {_home["pid"]}; exec {Program} put {_home["fifo"]} {Url("/f")}'; stty -a > {_home["after"]}; stty echo; echo code:$?\n");
        await using (var source = new FileStream(_home["fifo"], FileMode.Open, FileAccess.Write))
        {
            await source.WriteAsync(new byte[1000]);
            var tty = (await File.ReadAllTextAsync(_home["tty"])).Trim();
            Assert.Equal(0, (await ArgosyCommand.RunProgramAsync(_home, "/usr/bin/env", ["stty", "-F", tty, "-echo"])).ExitCode);
            Assert.Equal(0, (await ArgosyCommand.RunProgramAsync(_home, "/bin/kill", ["-CONT", (await File.ReadAllTextAsync(_home["pid"])).Trim()])).ExitCode);
            await source.WriteAsync(new byte[1000]);
        }

        await shell.ReadUntilAsync("code:0");
        Assert.Contains(" -echo ", await File.ReadAllTextAsync(_home["after"]), StringComparison.Ordinal);
        Assert.DoesNotContain("[?1h", shell.Screen, StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task The_shell_gives_it_back_at_every_end()
    {
        await using var shell = await StartShellAsync();
        string[] endings = ["quit\n", "\u0004"];
        foreach (var ending in endings)
        {
            await shell.TypeAsync($"{Program} shell {Url("/")}\n");
            await shell.ReadUntilAsync("/> ");
            await shell.TypeAsync(ending);
            await shell.ReadUntilAsync("$ ");
            await NoteModesAsync(shell);
        }

        await shell.TypeAsync($"sh -c 'echo $$ > {_home["pid"]}; exec {Program} shell {Url("/")}'\n");
        await shell.ReadUntilAsync("/> ");
        await shell.TypeAsync(ControlZ);
        await shell.ReadUntilAsync("Stopped");
        await shell.ReadUntilAsync("$ ");
        await NoteModesAsync(shell);
        var off = shell.Screen.LastIndexOf("[?2004l", StringComparison.Ordinal);
        Assert.True(off > shell.Screen.LastIndexOf("[?2004h", StringComparison.Ordinal), shell.Screen);
        await shell.TypeAsync("fg\n");
        await shell.ReadUntilAsync("/> ");
        Assert.Equal(0, (await ArgosyCommand.RunProgramAsync(_home, "/bin/kill", [(await File.ReadAllTextAsync(_home["pid"])).Trim()])).ExitCode);
        await shell.ReadUntilAsync("argosy: Stopped.");
        await shell.ReadUntilAsync("$ ");
        await NoteModesAsync(shell);
        await shell.TypeAsync("exit\n");
        await shell.WaitAsync();
        Assert.Single((await File.ReadAllLinesAsync(_home["modes"])).Distinct());
        Assert.Equal(Count(shell.Screen, "[?2004h"), Count(shell.Screen, "[?2004l"));
        Assert.DoesNotContain("[?1h", shell.Screen, StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task The_password_is_asked_for_at_the_terminal_while_the_file_comes_from_a_pipe()
    {
        await using var terminal = TerminalSession.Start(_home, $"/bin/sh -c \"echo piped | env -u ARGOSY_PASSWORD {Program} put - {Url("/piped")}\"");
        await terminal.ReadUntilAsync("Password of alex");
        await terminal.TypeAsync(FileWorld.Password + "\n");
        Assert.Equal(0, await terminal.WaitAsync());
        Assert.Equal("piped\n", await File.ReadAllTextAsync(_world.World.Path("piped")));
        Assert.DoesNotContain("horse", terminal.Screen, StringComparison.Ordinal);
    }

    private static (string, string) Password => ("ARGOSY_PASSWORD", FileWorld.Password);

    private string Url(string path) => _world.Url(path);

    // One that edits no lines itself, so that what it shows is what it was given and what commands show.
    private async Task<TerminalSession> StartShellAsync()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "bash is not installed");
        var shell = TerminalSession.Start(_home, "/bin/bash --norc --noprofile --noediting -i", Password, ("PS1", "$ "));
        await NoteModesAsync(shell);
        return shell;
    }

    private async Task NoteModesAsync(TerminalSession shell)
    {
        var known = File.Exists(_home["modes"]) ? (await File.ReadAllLinesAsync(_home["modes"])).Length : 0;
        await shell.TypeAsync($"stty -g >> {_home["modes"]}\n");
        await Poll.UntilAsync(() => File.Exists(_home["modes"]) && File.ReadAllLines(_home["modes"]).Length > known, () => $"The shell does not answer: {shell.Screen}");
    }

    private async Task AssertKeptAsync(TerminalSession shell, int notes)
    {
        await shell.TypeAsync("exit\n");
        await shell.WaitAsync();
        var modes = await File.ReadAllLinesAsync(_home["modes"]);
        Assert.Equal(notes, modes.Length);
        Assert.Single(modes.Distinct());
        Assert.DoesNotContain(Escape, shell.Screen);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
