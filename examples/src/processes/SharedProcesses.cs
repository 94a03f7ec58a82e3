using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>
/// Three worker processes (SharedWorker.cs) empty one queue and add what they take to one total. Processes share no memory, so the parent keeps queue,
/// dictionary and lock, and serves them on a Unix socket to whoever knows the key; a duplex pipe to each worker carries the key and the talk between them.
/// With --no-lock the workers read and write the total without taking the lock, and additions are lost.
/// </summary>
internal sealed class SharedProcesses(byte[] key) : ConnectionHandler
{
    private const int Numbers = 30;
    private static readonly ConcurrentQueue<int> Queue = new(Enumerable.Range(1, Numbers));
    private static readonly ConcurrentDictionary<string, string> Shared = new() { ["total"] = "0" };
    private static readonly SemaphoreSlim Gate = new(1);

    private bool _hasGate;

    public static async Task Main(string[] args)
    {
        if (args is ["--worker", var socket, .. var rest]) await SharedWorker.RunAsync(socket, useLock: !rest.Contains("--no-lock"));
        else await RunAsync(args);
    }

    public override async ValueTask HandleAsync()
    {
        await Connection.ChallengeAsServerAsync(key, Deadline.After(TimeSpan.FromSeconds(10)));
        using var worker = new FramedConnection(Connection, new LineFraming(1024));
        while (await worker.ReadAsync() is { } line)
            await worker.WriteAsync(Encoding.UTF8.GetBytes(await DoAsync(Encoding.UTF8.GetString(line.Span).Split(' '))));
    }

    public override ValueTask FinishAsync()
    {
        if (_hasGate) Gate.Release(); // a worker that died in the middle must not stop the others
        return ValueTask.CompletedTask;
    }

    private static async Task RunAsync(string[] args)
    {
        var (key, path) = (RandomNumberGenerator.GetBytes(32), Path.Combine(Path.GetTempPath(), $"shared-{Environment.ProcessId}.sock"));
        await using var server = new StreamServer(new() { ListenOn = [new UnixDomainSocketEndPoint(path)] }, () => new SharedProcesses(key));
        server.Start();
        var workers = Enumerable.Range(0, 3).Select(_ => Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["processes", "--worker", path, .. args])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!).ToList();
        foreach (var worker in workers) await worker.StandardInput.WriteLineAsync(Convert.ToHexString(key)); // not as an argument: all could see it
        foreach (var worker in workers) Console.WriteLine($"{await worker.StandardOutput.ReadLineAsync()}");
        foreach (var worker in workers) await worker.StandardInput.WriteLineAsync("go");
        foreach (var worker in workers)
        {
            Console.WriteLine(await worker.StandardOutput.ReadLineAsync());
            await worker.WaitForExitAsync();
            worker.Dispose();
        }

        Console.WriteLine($"total {Shared["total"]} of {Numbers * (Numbers + 1) / 2}");
    }

    private async ValueTask<string> DoAsync(string[] words)
    {
        switch (words)
        {
            case ["take"]:
                return Queue.TryDequeue(out var number) ? $"{number}" : "empty";
            case ["get", var name]:
                return Shared.GetValueOrDefault(name, "");
            case ["put", var name, var value]:
                return Shared[name] = value;
            case ["lock"] when !_hasGate:
                await Gate.WaitAsync(Context.Stopping);
                _hasGate = true;
                return "locked";
            case ["unlock"] when _hasGate:
                _hasGate = false;
                Gate.Release();
                return "unlocked";
            default:
                return "what?";
        }
    }
}
