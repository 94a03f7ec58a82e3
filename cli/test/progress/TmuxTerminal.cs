using System.Text.RegularExpressions;
using Argosy.Cli.Tests.Spine;

namespace Argosy.Cli.Tests.Progressing;

/// <summary>
/// A terminal that shows what a terminal shows: tmux(1) obeys the escapes, and its window can be made wider and narrower. Beside it runs a shell
/// that does one command, prints how it ended, and waits.
/// </summary>
internal sealed partial class TmuxTerminal : IAsyncDisposable
{
    private const int Height = 24;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);
    private readonly TempFolder _home;
    private readonly string _socket;

    private TmuxTerminal(TempFolder home, string socket) => (_home, _socket) = (home, socket);

    /// <summary>True where tmux is installed.</summary>
    public static bool IsThere { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "tmux")));

    /// <summary>Opens a window and runs a shell command line in it.</summary>
    public static async Task<TmuxTerminal> StartAsync(TempFolder home, string command, int width, params (string Name, string Value)[] environment)
    {
        Assert.SkipUnless(IsThere, "tmux is not installed");
        var name = $"t{Guid.NewGuid():N}";
        var configuration = home.Write($"{name}.conf", "set -g history-limit 50000\nset -g default-terminal screen-256color\nset -g status off\n");
        // The shell lives through Ctrl-C, to tell how the command ended and what became of the terminal.
        var script = home.Write($"{name}.sh", $"trap : INT\nstty -g > {home[name]}.before\n{command}\necho \"[ended: $?]\"\nstty -g > {home[name]}.after\nexec cat\n");
        var terminal = new TmuxTerminal(home, home[name]);
        await terminal.RunAsync(
            ["-u", "-f", configuration, "new-session", "-d", "-s", "t", "-x", $"{width}", "-y", $"{Height}", $"/bin/sh {script}"],
            [("LC_ALL", "C.UTF-8"), ("TERM", "xterm-256color"), ("SHELL", "/bin/sh"), .. environment]);
        return terminal;
    }

    /// <summary>What is on the screen now, without empty rows.</summary>
    public Task<string[]> ScreenAsync() => CaptureAsync();

    /// <summary>All that is left of the session's output: what scrolled away, and the screen, rows that were too long for it joined again.</summary>
    public Task<string[]> HistoryAsync() => CaptureAsync("-S", "-", "-J");

    /// <summary>Waits until the screen is as it should be.</summary>
    public async Task<string[]> WaitAsync(Func<string[], bool> isSo, string what)
    {
        using var limit = new CancellationTokenSource(ArgosyCommand.Patience);
        while (true)
        {
            var screen = await ScreenAsync();
            if (isSo(screen))
                return screen;
            if (limit.IsCancellationRequested)
                throw new TimeoutException($"{what} did not appear, but:\n{string.Join('\n', screen)}");
            await Task.Delay(Interval);
        }
    }

    /// <summary>Waits until the last row is a progress line that matches.</summary>
    public async Task<string> WaitForLineAsync(string pattern) =>
        (await WaitAsync(screen => screen.Length > 0 && Regex.IsMatch(screen[^1], pattern), pattern))[^1];

    /// <summary>Waits for the command's end; returns its exit code, and all that it left behind before.</summary>
    public async Task<(int Code, string[] Left)> WaitForEndAsync()
    {
        await WaitAsync(screen => screen.Length > 0 && Ended().IsMatch(screen[^1]), "The end");
        await Poll.UntilAsync(() => File.Exists($"{_socket}.after") && new FileInfo($"{_socket}.after").Length > 0, () => "The shell does not go on");
        Assert.Equal(await File.ReadAllTextAsync($"{_socket}.before"), await File.ReadAllTextAsync($"{_socket}.after"));
        Assert.Equal("1 1 0", await AskAsync("#{cursor_flag} #{wrap_flag} #{cursor_x}"));
        var all = await HistoryAsync();
        return (int.Parse(Ended().Match(all[^1]).Groups[1].Value), all[..^1]);
    }

    /// <summary>Makes the window wider or narrower.</summary>
    public Task ResizeAsync(int width) => RunAsync(["resize-window", "-t", "t", "-x", $"{width}", "-y", $"{Height}"]);

    /// <summary>Presses a key, as in <c>C-c</c>.</summary>
    public Task PressAsync(string key) => RunAsync(["send-keys", "-t", "t", key]);

    /// <summary>What tmux knows.</summary>
    public async Task<string> AskAsync(string format) => (await RunAsync(["display-message", "-p", "-t", "t", format])).TrimEnd('\n');

    public async ValueTask DisposeAsync() =>
        await ArgosyCommand.RunProgramAsync(_home, "/usr/bin/env", ["tmux", "-S", _socket, "kill-server"]);

    private async Task<string[]> CaptureAsync(params string[] range) =>
        [.. (await RunAsync(["capture-pane", "-p", "-t", "t", .. range])).Split('\n').Select(row => row.TrimEnd()).Where(row => row.Length > 0)];

    private async Task<string> RunAsync(string[] words, params (string Name, string Value)[] environment)
    {
        var result = await ArgosyCommand.RunProgramAsync(
            _home, "/usr/bin/env", ["--default-signal=INT,QUIT,HUP", "-u", "TMUX", "tmux", "-S", _socket, .. words], "", environment);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return result.Output;
    }

    [GeneratedRegex(@"^\[ended: (\d+)\]$")]
    private static partial Regex Ended();
}
