using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Argosy.Sockets.Tests;

/// <summary>The small server program of these tests, running. Its lines tell what it does; disposing kills it.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private const int Kill = 9, Terminate = 15, Interrupt = 2, HangUp = 1;

    private readonly Process _process;

    private ServerProcess(ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardInput) = (true, true);
        _process = Process.Start(start)!;
    }

    public int Id => _process.Id;

    public static string Program
    {
        get
        {
            var here = new DirectoryInfo(AppContext.BaseDirectory);
            return Path.Combine(here.Parent!.Parent!.FullName, "Argosy.Sockets.LifecycleHost", here.Name, "Argosy.Sockets.LifecycleHost.dll");
        }
    }

    public static ServerProcess Start(params string[] arguments) => new(new ProcessStartInfo("dotnet", [Program, .. arguments]));

    /// <summary>Starts it by a script that sets the sockets up and then becomes it.</summary>
    public static ServerProcess StartByPython(string script, params string[] arguments) =>
        new(new ProcessStartInfo("python3", ["-c", script, "dotnet", Program, .. arguments]));

    public static ServerProcess StartBy(string program, string[] options, params string[] arguments) =>
        new(new ProcessStartInfo(program, [.. options, "dotnet", Program, .. arguments]));

    /// <summary>The next line that begins with this word, without the word; null where the program ends first.</summary>
    public async Task<string?> LineAsync(string word)
    {
        while (await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.StartsWith(word + " ", StringComparison.Ordinal)) return line[(word.Length + 1)..];
            if (line == word) return "";
        }

        return null;
    }

    public async Task<EndPoint[]> ReadyAsync()
    {
        var addresses = await LineAsync("ready") ?? throw new InvalidOperationException("The server program ended before it was ready.");
        return [.. addresses.Split(' ').Select(text => text[0] == '/' ? (EndPoint)new UnixDomainSocketEndPoint(text) : IPEndPoint.Parse(text))];
    }

    public void KillAtOnce() => Send(Kill);

    public void AskToStop() => Send(Terminate);

    public void InterruptIt() => Send(Interrupt);

    public void AskToReload() => Send(HangUp);

    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Send(int signal)
    {
        if (SendSignal(_process.Id, signal) != 0) throw new InvalidOperationException($"No process {_process.Id} to send signal {signal}.");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);
}
