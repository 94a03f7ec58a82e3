using System.Diagnostics;
using System.Text;

namespace Argosy.Cli.Tests;

/// <summary>A command at a terminal of its own, made by script(1): what it shows is read, what a person would type is written.</summary>
internal sealed class TerminalSession : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _screen = new();
    private readonly char[] _buffer = new char[4096];
    private int _matched;

    private TerminalSession(Process process) => _process = process;

    /// <summary>All that was shown so far.</summary>
    public string Screen => _screen.ToString();

    /// <summary>
    /// Starts a command line at a terminal, where Ctrl-C works even if the tests themselves run in the background. script(1) gives the line to
    /// $SHELL; exec makes sure that no shell stays between, to be ended by the Ctrl-C and to answer 130 for the command.
    /// </summary>
    public static TerminalSession Start(TempFolder home, string command, params (string Name, string Value)[] environment) =>
        new(Process.Start(ArgosyCommand.Describe(
            home, "/usr/bin/env", ["--default-signal=INT,QUIT,HUP", "SHELL=/bin/sh", "TERM=xterm-256color", "script", "-qec", $"exec {command}", "/dev/null"], environment))!);

    /// <summary>Reads until the screen holds a text, beyond what earlier calls have matched.</summary>
    public async Task ReadUntilAsync(string text)
    {
        using var limit = new CancellationTokenSource(ArgosyCommand.Patience);
        int at;
        while ((at = Screen.IndexOf(text, _matched, StringComparison.Ordinal)) < 0)
        {
            int count;
            try
            {
                count = await _process.StandardOutput.ReadAsync(_buffer, limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"\"{text}\" did not appear, but: {Screen}");
            }

            if (count == 0) throw new InvalidOperationException($"It ended without \"{text}\": {Screen}");
            _screen.Append(_buffer, 0, count);
        }

        _matched = at + text.Length;
    }

    /// <summary>Types.</summary>
    public async Task TypeAsync(string keys)
    {
        await _process.StandardInput.WriteAsync(keys);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Reads to the end; returns the command's exit code.</summary>
    public async Task<int> WaitAsync()
    {
        using var limit = new CancellationTokenSource(ArgosyCommand.Patience);
        _screen.Append(await _process.StandardOutput.ReadToEndAsync(limit.Token));
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    /// <summary>Closes the window: the terminal goes, and whatever runs in it hears SIGHUP.</summary>
    public async Task CloseWindowAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
