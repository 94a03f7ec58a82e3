using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Threading.Channels;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>
/// Two processes compute what clients ask for ("primes NUMBER"), and each result calls back when it is there: the loop that serves the clients never
/// computes and never waits. Processes, where a computation may crash or leak; for all else threads do (producer-consumer).
/// </summary>
internal sealed class ProcessPool(WorkerPool pool) : LineReceiver
{
    public static async Task Main(string[] args)
    {
        if (args is ["--worker"])
        {
            Work();
            return;
        }

        await using var pool = new WorkerPool(["process-pool", "--worker"], size: 2);
        var options = new StreamServerOptions { ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)], Model = ConcurrencyModels.Find("epoll")! };
        await using var server = new StreamServer(options, new ProtocolFactory(() => new ProcessPool(pool)).CreateHandler);
        await server.ServeAsync();
    }

    protected override void LineReceived(string line) => pool.Apply(line, result => SendLine(result)); // from any thread

    private static void Work()
    {
        while (Console.ReadLine() is { } job) // until the parent closes the pipe, or has died
        {
            if (job == "crash") Environment.Exit(3);
            Console.WriteLine(job.Split(' ') is ["primes", var text] && int.TryParse(text, CultureInfo.InvariantCulture, out var limit)
                ? $"process {Environment.ProcessId}: {Enumerable.Range(2, Math.Max(0, limit - 2)).Count(IsPrime)} primes below {limit}"
                : "say: primes NUMBER");
        }
    }

    private static bool IsPrime(int number)
    {
        for (var divisor = 2; divisor * divisor <= number; divisor++)
            if (number % divisor == 0) return false;
        return true;
    }
}

/// <summary>Processes that take lines on standard input and answer each by a line on standard output.</summary>
internal sealed class WorkerPool : IAsyncDisposable
{
    private readonly Channel<(string Job, Action<string> CallBack)> _jobs = Channel.CreateUnbounded<(string, Action<string>)>();
    private readonly Task[] _workers;

    public WorkerPool(string[] arguments, int size) => _workers = [.. Enumerable.Range(0, size).Select(_ => RunAsync(arguments))];

    public void Apply(string job, Action<string> callBack) => _jobs.Writer.TryWrite((job, callBack));

    /// <summary>What is queued is done, then the workers' pipes are closed, and they leave.</summary>
    public async ValueTask DisposeAsync()
    {
        _jobs.Writer.Complete();
        await Task.WhenAll(_workers);
    }

    private async Task RunAsync(string[] arguments)
    {
        var worker = Start(arguments);
        await foreach (var (job, callBack) in _jobs.Reader.ReadAllAsync())
        {
            await worker.StandardInput.WriteLineAsync(job);
            var result = await worker.StandardOutput.ReadLineAsync();
            callBack(result ?? $"process {worker.Id} died of '{job}'");
            if (result is not null) continue;
            await EndAsync(worker);
            worker = Start(arguments);
        }

        await EndAsync(worker);
    }

    private static Process Start(string[] arguments) =>
        Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;

    private static async Task EndAsync(Process worker)
    {
        using (worker)
        {
            worker.StandardInput.Close();
            await worker.WaitForExitAsync(); // and reaped: no zombie
        }
    }
}
