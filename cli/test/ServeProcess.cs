using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace Argosy.Cli.Tests;

/// <summary>
/// A running <c>argosy serve</c>: started on a free port of 127.0.0.1, ready when <see cref="StartAsync"/> returns, ended at the
/// latest with the test.
/// </summary>
internal sealed partial class ServeProcess : IAsyncDisposable
{
    public const int SigHup = 1;
    public const int SigInt = 2;
    public const int SigTerm = 15;

    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly SemaphoreSlim _logged = new(0);
    private bool _isDisposed; // by a restart that then failed, which is what its test is to say

    private ServeProcess(Process process, TempFolder home)
    {
        (_process, Home) = (process, home);
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_log) _log.AppendLine(line.Data);
            _logged.Release();
        };
        process.BeginErrorReadLine();
    }

    /// <summary>The folder that it calls home.</summary>
    public TempFolder Home { get; }

    /// <summary>The line that says it is ready.</summary>
    public string ReadyLine { get; private set; } = "";

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => IPEndPoint.Parse(ReadyLine["ready argosy://".Length..]);

    public int Id => _process.Id;

    /// <summary>All it has written to standard error so far.</summary>
    public string Log
    {
        get
        {
            lock (_log) return _log.ToString();
        }
    }

    /// <summary>The data folder that <see cref="StartAsync"/> chooses.</summary>
    public static string DataOf(TempFolder home) => home["data"];

    /// <summary>Starts a server on <c>HOME/share</c> with the data folder <c>HOME/data</c>, and waits until it is ready.</summary>
    public static Task<ServeProcess> StartAsync(TempFolder home, params string[] arguments) => StartWithinAsync([], home, arguments);

    /// <summary>As <see cref="StartAsync"/>, but started by another program, which has to become it (execve(2)).</summary>
    public static async Task<ServeProcess> StartWithinAsync(string[] starter, TempFolder home, params string[] arguments)
    {
        string[] usual = [ArgosyCommand.Program, "serve", home["share"], "--data", DataOf(home)];
        return await BeginAsync([.. starter, .. usual], home, arguments);
    }

    /// <summary>Starts a server on folders that are somebody else's; its home, which is its own, is the caller's to remove.</summary>
    public static Task<ServeProcess> StartOnAsync(string root, string data, params string[] arguments) =>
        BeginAsync([ArgosyCommand.Program, "serve", root, "--data", data], new TempFolder(), arguments);

    private static async Task<ServeProcess> BeginAsync(string[] start, TempFolder home, string[] arguments)
    {
        string[] listen = arguments.Contains("--listen") ? [] : ["--listen", "127.0.0.1:0"];
        string[] line = [.. start, .. listen, .. arguments];
        var process = Process.Start(ArgosyCommand.Describe(home, line[0], line[1..]))!;
        var server = new ServeProcess(process, home);
        try
        {
            using var limit = new CancellationTokenSource(ArgosyCommand.Patience);
            server.ReadyLine = await process.StandardOutput.ReadLineAsync(limit.Token) ?? "";
            if (!server.ReadyLine.StartsWith("ready ", StringComparison.Ordinal))
            {
                await process.WaitForExitAsync(limit.Token);
                throw new InvalidOperationException($"It did not start: {server.ReadyLine} {server.Log}");
            }

            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a signal.</summary>
    public void Signal(int signal) => Assert.Equal(0, Kill(Id, signal));

    /// <summary>Waits until the log holds a text.</summary>
    public async Task<string> WaitForLogAsync(string text)
    {
        using var limit = new CancellationTokenSource(ArgosyCommand.Patience);
        while (!Log.Contains(text, StringComparison.Ordinal))
        {
            try
            {
                await _logged.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"\"{text}\" was not logged, but: {Log}");
            }
        }

        return Log;
    }

    /// <summary>Waits for its end; returns the exit code and what else it wrote to standard output.</summary>
    public async Task<(int ExitCode, string Output)> WaitAsync()
    {
        using var limit = new CancellationTokenSource(ArgosyCommand.Patience);
        var output = await _process.StandardOutput.ReadToEndAsync(limit.Token);
        await _process.WaitForExitAsync(limit.Token);
        return (_process.ExitCode, output);
    }

    /// <summary>Asks it to stop and waits; returns the exit code.</summary>
    public async Task<int> StopAsync(int signal = SigTerm)
    {
        Signal(signal);
        return (await WaitAsync()).ExitCode;
    }

    /// <summary>Runs <c>argosy user</c> in its data folder.</summary>
    public Task<CommandResult> UserAsync(string[] arguments, string input = "") =>
        ArgosyCommand.RunAsync(Home, ["user", .. arguments, "--data", DataOf(Home)], input);

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _logged.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
