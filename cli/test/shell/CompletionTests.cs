namespace Argosy.Cli.Tests.Shell;

/// <summary>The Tab key, and the lines of earlier runs, at a terminal.</summary>
public sealed class CompletionTests(ShellWorld world) : IClassFixture<ShellWorld>
{
    private const int Timeout = 120_000;

    [Fact(Timeout = Timeout)]
    public async Task Tab_completes_commands_options_and_names_of_both_sides()
    {
        await using var shell = await world.StartAsync("tab");
        foreach (var folder in (string[])["My Photos/2026", "docs", "-dash"])
            Directory.CreateDirectory(shell.Remote(folder));
        foreach (var file in (string[])["My Photos/it's here.jpg", "docs/report one.txt", "docs/report two.txt", "docs/.hidden", "docs/ünïcode"])
            await File.WriteAllTextAsync(shell.Remote(file), "x");
        await File.WriteAllTextAsync(shell.Local("local file.txt"), "x");
        Directory.CreateDirectory(shell.Local("local folder"));
        await shell.ReadyAsync();

        await CompletesAsync(shell, "qui", "quit");
        await CompletesAsync(shell, "help mk", "help mkdir");
        await CompletesAsync(shell, "put --no-c", "put --no-clobber");
        await CompletesAsync(shell, "cd M", @"cd My\ Photos/");
        await CompletesAsync(shell, "cd do", "cd docs/");
        await CompletesAsync(shell, "cd ./-d", "cd ./-dash/");
        await CompletesAsync(shell, "get docs/ü", "get docs/ünïcode");
        await CompletesAsync(shell, "get docs/.h", "get docs/.hidden");
        await CompletesAsync(shell, @"get My\ Photos/i", @"get My\ Photos/it\'s\ here.jpg");
        await CompletesAsync(shell, "get 'My Photos/20", "get 'My Photos/2026/");
        await CompletesAsync(shell, "get \"My Photos/i", "get \"My Photos/it's here.jpg\"");
        await CompletesAsync(shell, "get 'My Photos/i", "get \"My Photos/it's here.jpg\"");
        await CompletesAsync(shell, "get docs/re", @"get docs/report\ ");
        await CompletesAsync(shell, "put lo", @"put local\ f");
        await CompletesAsync(shell, "put 'local fi", "put 'local file.txt'");
        await CompletesAsync(shell, "lcd l", @"lcd local\ folder/");
        await CompletesAsync(shell, @"put local\ file.txt do", @"put local\ file.txt docs/");

        // The second Tab shows what there is.
        await shell.Screen.TypeAsync("get docs/report\\ ");
        await shell.Screen.PressAsync("Tab", "Tab");
        await shell.Screen.UntilAsync(
            screen => screen.EndsWith($"\nreport one.txt  report two.txt\n{shell.Prompt()} get docs/report\\", StringComparison.Ordinal), "The list");
        await shell.Screen.TypeAsync("t");
        await shell.Screen.PressAsync("Tab");
        await shell.Screen.EndsWithAsync($@"{shell.Prompt()} get docs/report\ two.txt");
        await shell.Screen.PressAsync("Enter");
        Assert.EndsWith("./report two.txt  1 B\n" + shell.Prompt(), await shell.ReadyAsync(), StringComparison.Ordinal);
        Assert.True(File.Exists(shell.Local("report two.txt")));
    }

    [Fact(Timeout = Timeout)]
    public async Task A_listing_that_does_not_come_is_given_up_by_control_c()
    {
        await using var shell = await world.StartAsync("slow");
        await shell.ReadyAsync();
        world.Line.Reset();
        var halt = world.Line.HaltAt(up: false, 1);
        await shell.Screen.TypeAsync("get x");
        await shell.Screen.EndsWithAsync($"{shell.Prompt()} get x");
        await shell.Screen.PressAsync("Tab");
        await halt.Reached;
        await shell.Screen.PressAsync("C-c");
        await shell.Screen.TypeAsync("yz");
        await shell.Screen.EndsWithAsync($"{shell.Prompt()} get xyz");
        halt.GoOn(cut: false);
        await shell.Screen.PressAsync("C-u");
        Assert.Equal("/slow", await shell.RunAsync("pwd"));
    }

    [Fact(Timeout = Timeout)]
    public async Task Lines_are_kept_between_runs_but_not_those_that_begin_with_a_space()
    {
        await using (var first = await world.StartAsync("history"))
        {
            Assert.Equal("", await first.RunAsync("mkdir alpha"));
            Assert.Equal("/history", await first.RunAsync(" pwd"));
            Assert.Equal("alpha/", await first.RunAsync("ls"));
            await first.Screen.PressAsync("C-d");
            Assert.Equal(0, await first.Screen.ExitAsync());
        }

        var file = world.Deployment.Home["state-history/argosy/history"];
        Assert.Equal(["mkdir alpha", "ls"], await File.ReadAllLinesAsync(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));

        await using var second = await world.StartAsync("history");
        await second.ReadyAsync();
        await second.Screen.PressAsync("Up");
        await second.Screen.EndsWithAsync(second.Prompt() + " ls");
        await second.Screen.PressAsync("Up");
        await second.Screen.EndsWithAsync(second.Prompt() + " mkdir alpha");
        await second.Screen.PressAsync("Down", "Down");
        await second.ReadyAsync();
        await second.Screen.PressAsync("C-r");
        await second.Screen.EndsWithAsync("(history) :");
        await second.Screen.TypeAsync("alp");
        await second.Screen.EndsWithAsync("(history) alp: mkdir alpha");
        await second.Screen.PressAsync("BSpace", "Home");
        await second.Screen.EndsWithAsync(second.Prompt() + " mkdir alpha");
        await second.Screen.PressAsync("C-k");
        await second.Screen.TypeAsync("rm -r alpha");
        await second.Screen.PressAsync("Enter");
        await second.ReadyAsync();
        Assert.Empty(Directory.GetDirectories(second.Remote("")));
    }

    // Types, presses Tab, waits for what becomes of it, and empties the line.
    private static async Task CompletesAsync(ShellAtTerminal shell, string typed, string completed)
    {
        await shell.Screen.TypeAsync(typed);
        await shell.Screen.PressAsync("Tab");
        await shell.Screen.EndsWithAsync($"{shell.Prompt()} {completed}".TrimEnd());
        await shell.Screen.PressAsync("C-u");
        await shell.ReadyAsync();
    }
}
