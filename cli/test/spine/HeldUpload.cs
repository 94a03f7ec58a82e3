using System.Diagnostics;

namespace Argosy.Cli.Tests.Spine;

/// <summary>An upload from a pipe that the test holds: it lasts as long as the test wants.</summary>
internal sealed class HeldUpload : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private HeldUpload(Process process) =>
        (_process, _output, _error) = (process, process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());

    /// <summary>Its process.</summary>
    public int Id => _process.Id;

    public static HeldUpload Start(ProcessStartInfo start) => new(Process.Start(start)!);

    /// <summary>Gives it more to send.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        await _process.StandardInput.BaseStream.WriteAsync(bytes);
        await _process.StandardInput.BaseStream.FlushAsync();
    }

    /// <summary>Ends its input: the file is complete.</summary>
    public void Close() => _process.StandardInput.Close();

    /// <summary>Waits for its end.</summary>
    public async Task<CommandResult> WaitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(ArgosyCommand.Patience);
        return new CommandResult(_process.ExitCode, await _output, await _error);
    }

    /// <summary>Ends its input and waits for the outcome.</summary>
    public Task<CommandResult> FinishAsync()
    {
        Close();
        return WaitAsync();
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
