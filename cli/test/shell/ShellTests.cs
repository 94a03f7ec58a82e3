using Argosy.Cli.Tests.Spine;

namespace Argosy.Cli.Tests.Shell;

/// <summary><c>argosy shell</c> as a person at a terminal meets it.</summary>
public sealed class ShellTests(ShellWorld world) : IClassFixture<ShellWorld>
{
    private const int Timeout = 120_000;

    [Fact(Timeout = Timeout)]
    public async Task Every_command_does_what_its_help_says()
    {
        await using var shell = await world.StartAsync("every");
        await File.WriteAllTextAsync(shell.Local("one.txt"), "one");
        await File.WriteAllTextAsync(shell.Local("two words.txt"), "two!");
        Directory.CreateDirectory(shell.Local("tree/inner"));
        await File.WriteAllTextAsync(shell.Local("tree/inner/leaf"), "leaf");

        Assert.Equal("/every", await shell.RunAsync("pwd"));
        Assert.Equal("", await shell.RunAsync("mkdir -p a/b 'c d'"));
        Assert.Equal("a/    c d/", await shell.RunAsync("ls"));
        Assert.Equal("a/    c d/", await shell.RunAsync("list"));
        Assert.Equal("", await shell.RunAsync("cd 'c d'", then: "/c d"));
        Assert.Equal("/every/c d/one.txt  3 B\n/every/c d/two words.txt  4 B", await shell.RunAsync("put *.txt", "/c d"));
        Assert.Equal("/every/c d/one.txt  already there", await shell.RunAsync("put one.txt", "/c d"));
        Assert.Equal("one.txt        two words.txt", await shell.RunAsync("ls", "/c d"));
        Assert.Matches(@"^-r\S+ +3 \S+ \S+ one.txt$", await shell.RunAsync("ls -l one*", "/c d"));
        Assert.Equal("", await shell.RunAsync("mv one.txt ../a/eins", "/c d"));
        Assert.Equal("one", await File.ReadAllTextAsync(shell.Remote("a/eins")));
        Assert.Equal("/every", await shell.RunAsync("cd -", "/c d", then: ""));
        Assert.Contains("1 file stored (4 B)", await shell.RunAsync("put -r tree a/"), StringComparison.Ordinal);
        Assert.Equal("leaf", await File.ReadAllTextAsync(shell.Remote("a/tree/inner/leaf")));
        Assert.Equal("7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed  /every/a/eins", await shell.RunAsync("hash a/eins"));
        Assert.Matches(@"^Path +/every/a/eins\nType +file\nSize +3 ", await shell.RunAsync("stat a/eins"));
        Assert.Matches(@"^Space  \d+ B used, no limit\nFiles  \d+, no limit$", await shell.RunAsync("quota"));

        Directory.CreateDirectory(shell.Local("down"));
        Assert.Equal("", await shell.RunAsync("lcd down"));
        Assert.EndsWith("/down", await shell.RunAsync("lpwd"), StringComparison.Ordinal);
        Assert.Equal("./eins  3 B", await shell.RunAsync("get a/eins"));
        Assert.Equal("zwei  4 B", await shell.RunAsync("get \"c d/two words.txt\" zwei"));
        Assert.Contains("1 file fetched (4 B)", await shell.RunAsync("get -r a/tree"), StringComparison.Ordinal);
        Assert.Equal("eins   tree/  zwei", await shell.RunAsync("lls"));
        Assert.Equal("leaf", await File.ReadAllTextAsync(shell.Local("down/tree/inner/leaf")));
        // It has no end of line, but the prompt begins in a row of its own.
        Assert.Equal("one", await shell.RunAsync("get a/eins -"));

        Assert.Equal("", await shell.RunAsync("uploads"));
        Assert.Equal("", await shell.RunAsync("rm a/ei*"));
        Assert.Equal("rm: /every/a: is a folder; rm -r removes it with all that is in it", await shell.RunAsync("rm a"));
        Assert.Equal("", await shell.RunAsync("rm -r a 'c d'"));
        Assert.Equal("", await shell.RunAsync("ls"));
        Assert.Contains("put [-r] FILE... [DEST]", await shell.RunAsync("help"), StringComparison.Ordinal);
        Assert.Contains("--no-clobber", await shell.RunAsync("help put"), StringComparison.Ordinal);

        await shell.Screen.TypeAsync("quit");
        await shell.Screen.PressAsync("Enter");
        Assert.Equal(0, await shell.Screen.ExitAsync());
    }

    [Fact(Timeout = Timeout)]
    public async Task Errors_leave_it_alive()
    {
        await using var shell = await world.StartAsync("errors");
        Assert.Equal("argosy: There is no command \"pt\"; did you mean \"put\"? Type help to see them all.", await shell.RunAsync("pt x"));
        Assert.Equal("argosy: A quote is never closed.", await shell.RunAsync("get 'x"));
        Assert.Equal("put: There is no option \"--jsn\" here. See: help put", await shell.RunAsync("put --jsn x"));
        Assert.Equal("put: A name is missing: put [-r] FILE... [DEST]", await shell.RunAsync("put"));
        Assert.Equal("cd: /errors/nowhere: not found on the server", await shell.RunAsync("cd nowhere"));
        Assert.StartsWith("get: /errors/nothing: ", await shell.RunAsync("get nothing"), StringComparison.Ordinal);
        Assert.Equal("get: /errors/*.jpg: nothing on the server matches", await shell.RunAsync("get *.jpg"));
        Assert.Equal("get: /errors/*.jpg: not found on the server", await shell.RunAsync("get '*.jpg'"));
        Assert.StartsWith("put: nothing: ", await shell.RunAsync("put nothing"), StringComparison.Ordinal);
        Assert.Equal("put: *.jpg: nothing here matches", await shell.RunAsync("put *.jpg"));
        Assert.Equal("lcd: nowhere: no such folder", await shell.RunAsync("lcd nowhere"));
        Assert.StartsWith("ls: Pipes and redirections are not supported here", await shell.RunAsync("ls | wc"), StringComparison.Ordinal);
        Assert.Equal("ls: /errors/|: not found on the server", await shell.RunAsync("ls '|'"));
        Assert.Equal("/errors", await shell.RunAsync("pwd"));
    }

    [Fact(Timeout = Timeout)]
    public async Task Control_c_clears_the_line_and_control_d_ends()
    {
        await using var shell = await world.StartAsync("keys");
        await shell.ReadyAsync();
        await shell.Screen.TypeAsync("rm everything");
        await shell.Screen.EndsWithAsync(shell.Prompt() + " rm everything");
        await shell.Screen.PressAsync("C-c");
        Assert.Contains("rm everything^C", await shell.ReadyAsync(), StringComparison.Ordinal);
        await shell.Screen.PressAsync("C-d");
        Assert.Equal(0, await shell.Screen.ExitAsync());
    }

    [Fact(Timeout = Timeout)]
    public async Task Names_that_would_upset_a_terminal_never_reach_it()
    {
        const string Hostile = "\u001b]0;owned\u0007\u001b[31mred\n";
        Directory.CreateDirectory(world.Deployment.Stored("hostile"));
        await File.WriteAllTextAsync(world.Deployment.Stored("hostile/" + Hostile), "x");
        await using var terminal = TerminalSession.Start(
            world.Deployment.Home, $"{ArgosyCommand.Program} shell {world.Deployment.Url("/hostile")}", ("ARGOSY_PASSWORD", Deployment.Password));
        await terminal.ReadUntilAsync("hostile> ");
        await terminal.TypeAsync("ls\r");
        await terminal.ReadUntilAsync(@"\x1b]0;owned");
        await terminal.TypeAsync("rm \t");
        await terminal.ReadUntilAsync(@"rm $'\x1b]0;owned\x07\x1b[31mred\n' ");
        await terminal.TypeAsync("\r");
        await terminal.TypeAsync("exit\r"); // Not Ctrl-D, which is a key of the line: while a command runs, there is none.
        Assert.Equal(0, await terminal.WaitAsync());
        Assert.DoesNotContain("\u001b]0;", terminal.Screen, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[31m", terminal.Screen, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(world.Deployment.Stored("hostile")));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_narrow_window_wide_characters_and_a_new_size_keep_the_line_in_shape()
    {
        await using var shell = await world.StartAsync("narrow", columns: 30, rows: 10);
        await shell.Screen.EndsWithAsync("…/narrow>");
        const string Line = "mkdir 日本語日本語日本語日本語 über naïve";
        await shell.Screen.TypeAsync(Line);
        await shell.Screen.EndsWithAsync($"…/narrow> {Line}");
        await shell.Screen.PressAsync("Home", "Delete", "Delete", "Delete");
        await shell.Screen.EndsWithAsync($"…/narrow> {Line[3..]}");
        await shell.Screen.ResizeAsync(22, 10);
        await shell.Screen.EndsWithAsync($"…/narrow> {Line[3..]}");
        await shell.Screen.TypeAsync("mkd");
        await shell.Screen.EndsWithAsync($"…/narrow> {Line}");
        await shell.Screen.ResizeAsync(90, 10);
        await shell.Screen.EndsWithAsync($"{shell.Prompt()} {Line}");
        await shell.Screen.PressAsync("Enter");
        await shell.ReadyAsync();
        Assert.Equal(["naïve", "über", "日本語日本語日本語日本語"], Directory.GetDirectories(shell.Remote("")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = Timeout)]
    public async Task Pasted_lines_wait_for_enter_and_run_one_after_the_other()
    {
        await using var shell = await world.StartAsync("paste");
        await shell.ReadyAsync();
        await shell.Screen.PasteAsync("mkdir one\nmkdir two\n");
        await shell.Screen.EndsWithAsync(shell.Prompt() + @" mkdir one\nmkdir two");
        Assert.Empty(Directory.GetDirectories(shell.Remote("")));
        await shell.Screen.PressAsync("Enter");
        await shell.ReadyAsync();
        Assert.Equal("one/  two/", await shell.RunAsync("ls"));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_terminal_that_can_only_show_lines_is_enough()
    {
        await using var shell = await world.StartAsync("dumb", terminal: "dumb");
        Assert.Equal("", await shell.RunAsync("mkdir x"));
        Assert.Equal("x/", await shell.RunAsync("ls"));
        await shell.Screen.TypeAsync("rm -r x");
        await shell.Screen.EndsWithAsync(shell.Prompt() + " rm -r x");
        await shell.Screen.PressAsync("C-c");
        Assert.Contains("rm -r x^C\n", await shell.ReadyAsync(), StringComparison.Ordinal);
        Assert.Equal("x/", await shell.RunAsync("ls"));
        await shell.Screen.PressAsync("C-d");
        Assert.Equal(0, await shell.Screen.ExitAsync());
    }
}
