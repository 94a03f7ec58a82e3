using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Argosy.Cli.Tests.Transfer;

/// <summary>A client command that a test watches, and ends as it likes.</summary>
internal sealed partial class RunningCommand : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private RunningCommand(Process process) =>
        (_process, _output, _error) = (process, process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());

    public static RunningCommand Start(ProcessStartInfo start) => new(Process.Start(start)!);

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public void Signal(int signal) => Assert.Equal(0, Kill(_process.Id, signal));

    /// <summary>Ends it as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Waits for its end.</summary>
    public async Task<CommandResult> WaitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(2 * ArgosyCommand.Patience);
        return new CommandResult(_process.ExitCode, await _output, await _error);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
