using System.Text.RegularExpressions;

namespace Argosy.Cli.Tests;

/// <summary>What a person at a terminal meets.</summary>
public sealed partial class TerminalTests : IDisposable
{
    private const string ControlC = "\u0003";

    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    private string Serve => $"{ArgosyCommand.Program} serve {_home["share"]} --listen [::1]:0 --data {_home["data"]}";

    [Fact]
    public async Task The_first_start_makes_an_account_and_shows_its_password_once()
    {
        await using var first = TerminalSession.Start(_home, Serve);
        await first.ReadUntilAsync("Ctrl-C stops.");
        var password = PasswordLine().Match(first.Screen).Groups[1].Value;
        Assert.Matches("^([a-z2-9]{4}-){3}[a-z2-9]{4}$", password);
        Assert.DoesNotContain(password, await File.ReadAllTextAsync(_home["data/accounts.json"]));
        await first.TypeAsync(ControlC);
        Assert.Equal(0, await first.WaitAsync());
        Assert.Contains("Stopped", first.Screen);
        Assert.Single(Regex.Matches(first.Screen, Regex.Escape(password)));

        await using var second = TerminalSession.Start(_home, Serve);
        await second.ReadUntilAsync("Ctrl-C stops.");
        Assert.DoesNotContain(password, second.Screen);
        await second.TypeAsync(ControlC);
        Assert.Equal(0, await second.WaitAsync());
    }

    [Fact]
    public async Task The_first_account_has_the_served_folder_for_its_home()
    {
        await using var server = TerminalSession.Start(_home, Serve);
        await server.ReadUntilAsync("Ctrl-C stops.");
        var list = await ArgosyCommand.RunAsync(_home, "user", "list", "--data", _home["data"]);
        Assert.Contains(_home["share"], list.Output);
        Assert.Contains(Environment.UserName, list.Output);
    }

    [Fact]
    public async Task Closing_its_window_stops_it()
    {
        await using var server = TerminalSession.Start(_home, Serve);
        await server.ReadUntilAsync("Ctrl-C stops.");
        Assert.NotEmpty(Serving());
        await server.CloseWindowAsync();
        await Spine.Poll.UntilAsync(() => Serving().Count == 0, () => $"Still there: {string.Join(", ", Serving())}");
    }

    [Fact]
    public async Task The_commands_it_shows_work_when_they_are_pasted()
    {
        await using var server = TerminalSession.Start(_home, Serve);
        await server.ReadUntilAsync("Ctrl-C stops.");
        var commands = server.Screen.Replace("\r", "", StringComparison.Ordinal).Split('\n').Where(line => line is [' ', ' ', ' ', ' ', not ' ', ..]).ToList();
        Assert.Equal(3, commands.Count);
        var password = PasswordLine().Match(server.Screen).Groups[1].Value;
        var pasted = await ArgosyCommand.RunProgramAsync(_home, "/bin/sh", ["-ec", string.Join('\n', commands)], "", ("ARGOSY_PASSWORD", password));
        Assert.Equal((0, ""), (pasted.ExitCode, pasted.Error));
        Assert.EndsWith("\nhello.txt\n", pasted.Output);
        Assert.Equal("hello\n", await File.ReadAllTextAsync(_home["share/hello.txt"]));
        Assert.Equal(["hello.txt"], Directory.GetFileSystemEntries(_home["share"]).Select(Path.GetFileName));

        var wrong = await ArgosyCommand.RunProgramAsync(_home, "/bin/sh", ["-c", commands[1]], "", ("ARGOSY_PASSWORD", "wrong"));
        Assert.Equal((1, ""), (wrong.ExitCode, wrong.Output));
    }

    [Fact]
    public async Task A_password_is_asked_twice_without_being_shown()
    {
        await using var add = TerminalSession.Start(_home, $"{ArgosyCommand.Program} user add alex --data {_home["data"]}");
        await add.ReadUntilAsync("Password for alex: ");
        await add.TypeAsync("sesamx\u007fe\r");
        await add.ReadUntilAsync("Again: ");
        await add.TypeAsync("sesame\r");
        Assert.Equal(0, await add.WaitAsync());
        Assert.Contains("Added alex.", add.Screen);
        Assert.DoesNotContain("sesam", add.Screen);
    }

    [Fact]
    public async Task Stopping_at_the_question_leaves_a_terminal_that_shows_what_is_typed()
    {
        var shell = _home.Write("ask.sh", $"trap : INT\n{ArgosyCommand.Program} user add alex --data {_home["data"]}\nstty -a\n");
        await using var add = TerminalSession.Start(_home, $"/bin/sh {shell}");
        await add.ReadUntilAsync("Password for alex: ");
        await add.TypeAsync(ControlC);
        await add.WaitAsync();
        Assert.Matches(@"[ ;]echo[ ;]", add.Screen);
        Assert.DoesNotContain(" -echo ", add.Screen);
    }

    [Fact]
    public async Task Two_passwords_that_differ_change_nothing()
    {
        await using var add = TerminalSession.Start(_home, $"{ArgosyCommand.Program} user add alex --data {_home["data"]}");
        await add.ReadUntilAsync("Password for alex: ");
        await add.TypeAsync("one\r");
        await add.ReadUntilAsync("Again: ");
        await add.TypeAsync("two\r");
        Assert.Equal(1, await add.WaitAsync());
        Assert.Contains("the two passwords differ", add.Screen);
        Assert.Equal(1, (await ArgosyCommand.RunAsync(_home, "user", "show", "alex", "--data", _home["data"])).ExitCode);
    }

    // Processes that have this test's own data folder in their command line (proc(5)).
    private List<string> Serving() =>
    [
        .. Directory.GetDirectories("/proc").Where(folder => char.IsDigit(Path.GetFileName(folder)[0]) && CommandLine(folder).Contains(_home["data"], StringComparison.Ordinal)),
    ];

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            return ""; // It has ended meanwhile.
        }
    }

    [GeneratedRegex(@"Password:  (\S+)")]
    private static partial Regex PasswordLine();
}
