using System.Diagnostics;
using System.Globalization;
using Argosy.Cli.Tests.Spine;

namespace Argosy.Cli.Tests.Shell;

/// <summary>A command in a terminal that a person could sit at: tmux(1) keeps the screen, takes keys and pastes, and changes its size.</summary>
internal sealed class TmuxScreen : IAsyncDisposable
{
    private const string Settings = """
        set -g remain-on-exit on
        set -g status off
        set -s escape-time 0
        set -g default-terminal screen-256color
        """;

    private readonly TempFolder _home;
    private readonly string _socket;
    private string _last = "";

    private TmuxScreen(TempFolder home, string socket) => (_home, _socket) = (home, socket);

    /// <summary>Starts a command line of a POSIX shell, in a folder.</summary>
    public static async Task<TmuxScreen> StartAsync(
        TempFolder home, string folder, string command, int columns, int rows, params (string Name, string Value)[] environment)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/tmux"), "tmux is not installed");
        var screen = new TmuxScreen(home, home[$"tmux-{Guid.NewGuid():N}"]);
        home.Write("tmux.conf", Settings);
        await screen.TmuxAsync(
            ["-f", home["tmux.conf"], "new-session", "-d", "-c", folder, "-x", Number(columns), "-y", Number(rows),
                // tmux knows exit codes too, but not on every system in time.
                $"/usr/bin/env --default-signal=INT,QUIT,HUP {command}; echo $? > {screen._socket}.code; mv {screen._socket}.code {screen._socket}.exit"],
            environment);
        return screen;
    }

    /// <summary>Types text, without Enter.</summary>
    public Task TypeAsync(string text) => TmuxAsync(["send-keys", "-l", text]);

    /// <summary>Presses keys by their names: <c>Enter</c>, <c>Tab</c>, <c>C-c</c>, <c>Up</c>.</summary>
    public Task PressAsync(params string[] keys) => TmuxAsync(["send-keys", .. keys]);

    /// <summary>Pastes, as a terminal does it: in brackets where the program asked for them.</summary>
    public async Task PasteAsync(string text)
    {
        await TmuxAsync(["set-buffer", text]);
        await TmuxAsync(["paste-buffer", "-p", "-r"]);
    }

    public Task ResizeAsync(int columns, int rows) => TmuxAsync(["resize-window", "-x", Number(columns), "-y", Number(rows)]);

    /// <summary>Waits until the screen is as wanted; returns it: its lines, those that were wrapped as one, without blanks at their ends.</summary>
    public async Task<string> UntilAsync(Func<string, bool> isSo, string what)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var output = await TmuxAsync(["capture-pane", "-p", "-J", "-S", "-500"]);
            _last = string.Join('\n', output.Split('\n').Select(line => line.TrimEnd())).TrimEnd('\n');
            if (isSo(_last))
                return _last;
            if (clock.Elapsed > ArgosyCommand.Patience)
                throw new TimeoutException($"{what} did not come, but:\n{_last}");
            await Task.Delay(25);
        }
    }

    /// <summary>Waits until a text stands somewhere.</summary>
    public Task<string> ShowsAsync(string text) => UntilAsync(screen => screen.Contains(text, StringComparison.Ordinal), $"\"{text}\"");

    /// <summary>Waits until the last line is this one.</summary>
    public Task<string> EndsWithAsync(string line) =>
        UntilAsync(screen => screen == line || screen.EndsWith("\n" + line, StringComparison.Ordinal), $"\"{line}\" as the last line");

    /// <summary>Waits for the command's end; returns its exit code.</summary>
    public async Task<int> ExitAsync()
    {
        await Poll.UntilAsync(() => File.Exists(_socket + ".exit"), () => $"It does not end:\n{_last}");
        return int.Parse(await File.ReadAllTextAsync(_socket + ".exit"), CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync() => await TmuxAsync(["kill-server"]);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private async Task<string> TmuxAsync(string[] words, params (string Name, string Value)[] environment)
    {
        var result = await ArgosyCommand.RunProgramAsync(
            _home, "/usr/bin/tmux", ["-S", _socket, .. words], ArgosyCommand.Patience, [.. environment, ("LC_ALL", "C.UTF-8"), ("TERM", "xterm-256color")]);
        Assert.Equal("", result.Error);
        return result.Output;
    }
}
