namespace Argosy.Cli.Tests;

/// <summary>What people see before they know anything.</summary>
public sealed class HelpTests : IDisposable
{
    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task The_version_is_one_line() =>
        Assert.Equal(new CommandResult(0, "argosy 0.1.0\n", ""), await ArgosyCommand.RunAsync(_home, "--version"));

    [Theory]
    [InlineData("")]
    [InlineData("serve")]
    [InlineData("user")]
    [InlineData("user add")]
    [InlineData("user set")]
    [InlineData("user import")]
    [InlineData("put")]
    [InlineData("get")]
    [InlineData("ls")]
    [InlineData("rm")]
    [InlineData("shell")]
    [InlineData("bench models")]
    [InlineData("bench report")]
    public async Task Help_ends_with_examples(string command)
    {
        var result = await ArgosyCommand.RunAsync(_home, [.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("Usage:", result.Output);
        Assert.Contains("Examples:\n  argosy", result.Output);
        Assert.Equal(command is "" or "put" or "get" or "ls" or "rm" or "shell", result.Output.Contains("ARGOSY_PASSWORD", StringComparison.Ordinal) && result.Output.Contains("Exit codes:", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("user")]
    public async Task A_missing_verb_shows_the_help_and_is_bad_usage(string command)
    {
        var result = await ArgosyCommand.RunAsync(_home, command.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("Commands:", result.Error);
    }

    [Theory]
    [InlineData("serv", "there is no command \"serv\" here; did you mean \"serve\"?")]
    [InlineData("serve --lisen", "there is no option \"--lisen\" here; did you mean \"--listen\"?")]
    [InlineData("serve --listen", "\"--listen\" needs a value")]
    [InlineData("user list --jsn", "did you mean \"--json\"?")]
    [InlineData("user list --dta", "did you mean \"--data\"?")]
    [InlineData("\u001b[31m", "\"\\x1b[31m\"")]
    public async Task Bad_usage_is_told_with_what_was_meant(string arguments, string part)
    {
        var result = await ArgosyCommand.RunAsync(_home, arguments.Split(' '));
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(part, result.Error);
        Assert.Contains("--help", result.Error);
        Assert.DoesNotContain('\u001b', result.Error);
    }
}
