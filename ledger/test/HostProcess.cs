using System.Diagnostics;

namespace Argosy.Ledger.Tests;

/// <summary>The small host program (test/host) as a process of its own; killed, never asked, when the test ends.</summary>
public sealed class HostProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private HostProcess(Process process) => _process = process;

    public static HostProcess Start(params string[] arguments)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var folder = Path.Combine(here.Parent!.Parent!.FullName, "Argosy.Ledger.TestHost", here.Name);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, "Argosy.Ledger.TestHost.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        return new HostProcess(Process.Start(start)!);
    }

    /// <summary>The next line that the host prints.</summary>
    public async Task<string?> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);

    public async Task<string> ReadToEndAsync() => await _process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);

    /// <summary>SIGKILL, and returns when the kernel has taken everything back.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Patience);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
