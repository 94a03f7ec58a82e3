using System.Text.RegularExpressions;
using Argosy.Cli.Tests.Shell;

namespace Argosy.Cli.Tests.Clones;

/// <summary>
/// What README.md says to type, typed into two terminals, and what they show compared with what stands there. The two are on a network of their own,
/// where the port that servers have is free. Keys, passwords, times and the reader's own name and home are the reader's.
/// </summary>
internal sealed partial class Tour : IAsyncDisposable
{
    private const string Ready = "$";
    private const string ChosenPassword = "correct horse battery";
    private readonly FreshClone _clone;
    private readonly TmuxScreen _server;
    private readonly TmuxScreen _client;
    private string _key = "";
    private string _password = "";

    private Tour(FreshClone clone, TmuxScreen server, TmuxScreen client, IReadOnlyList<(string Command, string[] Shown)> steps) =>
        (_clone, _server, _client, Steps) = (clone, server, client, steps);

    /// <summary>Each command, and the lines that stand below it.</summary>
    public IReadOnlyList<(string Command, string[] Shown)> Steps { get; }

    public static async Task<Tour> BeginAsync(FreshClone clone)
    {
        var home = clone.Home;
        var network = await ArgosyCommand.RunProgramAsync(home, "/usr/bin/env", ["unshare", "-rn", "ip", "link", "set", "lo", "up"]);
        Assert.SkipUnless(network.ExitCode == 0, "a network of one's own is not to be had here (unshare -rn, ip)");
        var shell = $"/bin/bash --noprofile --rcfile {home.Write("bashrc", "PS1='$ '; unset HISTFILE\n")} -i";
        var begin = home.Write("begin.sh", $"ip link set lo up; echo $$ > {home["network"]}; exec {shell}\n");
        (string, string)[] environment = [("ARGOSY_PASSWORD", "")];
        var server = await TmuxScreen.StartAsync(home, clone.Folder, $"unshare -rn /bin/sh {begin}", 220, 50, environment);
        await server.EndsWithAsync(Ready);
        var process = (await File.ReadAllTextAsync(home["network"])).Trim();
        var client = await TmuxScreen.StartAsync(home, clone.Folder, $"nsenter --preserve-credentials -U -n -t {process} {shell}", 220, 50, environment);
        await client.EndsWithAsync(Ready);
        return new Tour(clone, server, client, Read(await File.ReadAllTextAsync(Path.Combine(clone.Folder, "README.md"))));
    }

    /// <summary>Does a step, and compares.</summary>
    public Task GoAsync((string Command, string[] Shown) step) =>
        step.Command.StartsWith("./argosy serve", StringComparison.Ordinal) ? ServeAsync(step) : DoAsync(step);

    public async ValueTask DisposeAsync()
    {
        await _server.PressAsync("C-c");
        await _server.EndsWithAsync(Ready);
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    private static List<(string Command, string[] Shown)> Read(string page)
    {
        var steps = new List<(string, string[])>();
        foreach (var block in Block().Matches(page).Select(match => match.Groups[1].Value))
        {
            var parts = ("\n" + block.TrimEnd('\n')).Split("\n$ ")[1..];
            steps.AddRange(parts.Select(part => part.Split('\n')).Select(lines => (lines[0], lines[1..])));
        }

        return steps;
    }

    private async Task ServeAsync((string Command, string[] Shown) step)
    {
        await TypeAsync(_server, step.Command);
        var screen = await _server.ShowsAsync("Ctrl-C stops.");
        _key = Key().Match(screen).Value;
        _password = Password().Match(screen).Value;
        AssertSame(step, screen);
    }

    private async Task DoAsync((string Command, string[] Shown) step)
    {
        // What the reader has seen in the other terminal stands for what is printed here.
        var command = Password().Replace(Key().Replace(step.Command, _key), _password).Replace("alex@", $"{Environment.UserName}@", StringComparison.Ordinal);
        await TypeAsync(_client, command);
        foreach (var line in step.Shown)
        {
            if (Question().IsMatch(line))
            {
                await _client.UntilAsync(screen => Plain(screen).EndsWith('\n' + line, StringComparison.Ordinal), line);
                await TypeAsync(_client, line.StartsWith("Password of", StringComparison.Ordinal) ? _password : ChosenPassword);
            }
            else if (Prompt().Match(line) is { Success: true } prompt)
            {
                await _client.UntilAsync(screen => Plain(screen).EndsWith('\n' + prompt.Groups[1].Value, StringComparison.Ordinal), line);
                await TypeAsync(_client, prompt.Groups[2].Value);
            }
        }

        var all = await _client.UntilAsync(screen => screen.Contains($"$ {command}\n", StringComparison.Ordinal) && screen.EndsWith("\n" + Ready, StringComparison.Ordinal), $"the end of {command}");
        AssertSame(step, all[all.LastIndexOf($"$ {command}\n", StringComparison.Ordinal)..^(Ready.Length + 1)]);
    }

    private static async Task TypeAsync(TmuxScreen terminal, string text)
    {
        await terminal.TypeAsync(text);
        await terminal.PressAsync("Enter");
    }

    private void AssertSame((string Command, string[] Shown) step, string screen)
    {
        var expected = step.Shown.Select(Plain);
        var shown = Plain(screen).Split('\n').SkipWhile(line => !line.StartsWith("$ ", StringComparison.Ordinal)).Skip(1);
        // Accounts are listed by their names, and the reader's is another one.
        var isList = step.Command.EndsWith(" user list", StringComparison.Ordinal);
        Assert.Equal(isList ? expected.Order(StringComparer.Ordinal) : expected, isList ? shown.Order(StringComparer.Ordinal) : shown);
    }

    private string Plain(string text)
    {
        text = text.Replace(_clone.Home.Path, "/home/alex", StringComparison.Ordinal);
        text = Regex.Replace(text, $@"\b{Regex.Escape(Environment.UserName)}\b", "alex");
        text = Password().Replace(Key().Replace(Time().Replace(text, "TIME"), "KEY"), "PASSWORD");
        // The data folder is the test's own, and columns are as wide as their widest.
        return Blanks().Replace(DataFolder().Replace(text, ""), " ").TrimEnd();
    }

    [GeneratedRegex("```\n(\\$ .*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("sha256:[0-9a-f]{64}")]
    private static partial Regex Key();

    [GeneratedRegex("([a-z2-9]{4}-){3}[a-z2-9]{4}")]
    private static partial Regex Password();

    [GeneratedRegex(@"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")]
    private static partial Regex Time();

    [GeneratedRegex("^(Password .*|Again):$")]
    private static partial Regex Question();

    [GeneratedRegex("^(alex@localhost:[^ ]*>) (.*)$")]
    private static partial Regex Prompt();

    [GeneratedRegex(" --data [^ \"\n]+")]
    private static partial Regex DataFolder();

    [GeneratedRegex(" +")]
    private static partial Regex Blanks();
}
