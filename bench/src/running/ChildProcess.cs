using System.Diagnostics;
using System.Text;

namespace Argosy.Bench;

/// <summary>A program that this run started and that ends with it at the latest. It is told to end by the end of its standard input.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int KeptErrorBytes = 2_000;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    private ChildProcess(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
            {
                if (line.Data is not null && _errors.Length < KeptErrorBytes) _errors.AppendLine(line.Data);
            }
        };
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <exception cref="BenchException">There is no such program.</exception>
    public static ChildProcess Start(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return new ChildProcess(Process.Start(start)!);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            throw new BenchException($"cannot start {command[0]}: {e.Message}");
        }
    }

    /// <summary>Its next line, or what it complained of.</summary>
    /// <exception cref="BenchException">It ended, or said nothing in that time.</exception>
    public async Task<string> ReadLineAsync(TimeSpan limit, CancellationToken cancellation)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timer.CancelAfter(limit);
        try
        {
            if (await _process.StandardOutput.ReadLineAsync(timer.Token) is { } line) return line;
            await _process.WaitForExitAsync(timer.Token);
            throw new BenchException($"it ended with code {_process.ExitCode}. {Complaint()}".TrimEnd());
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new BenchException($"it said nothing for {limit.TotalSeconds:0} s. {Complaint()}".TrimEnd());
        }
    }

    /// <summary>Ends it, with all that it started, and waits until it has gone.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync().WaitAsync(Grace);
        }
        catch (Exception e) when (e is TimeoutException or IOException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    /// <summary>Ends it at once.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }

    private string Complaint()
    {
        lock (_errors) return _errors.ToString().Trim();
    }
}
