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

/// <summary>Processes that take lines on standard input and answer each by a line on standard output. One that dies is replaced.</summary>
internal sealed class WorkerPool : IAsyncDisposable
{
    private readonly Channel<(string Job, Action<string> CallBack)> _jobs = Channel.CreateUnbounded<(string, Action<string>)>();
    private readonly CancellationTokenSource _over = new();
    private readonly Task[] _workers;

    public WorkerPool(string[] arguments, int size) => _workers = [.. Enumerable.Range(0, size).Select(_ => RunAsync(arguments))];

    public void Apply(string job, Action<string> callBack) => _jobs.Writer.TryWrite((job, callBack));

    /// <summary>Ends the workers; what is not done by now is given up.</summary>
    public async ValueTask DisposeAsync()
    {
        _jobs.Writer.Complete();
        await _over.CancelAsync();
        await Task.WhenAll(_workers);
    }

    private async Task RunAsync(string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        while (!_over.IsCancellationRequested)
        {
            using var worker = Process.Start(start)!;
            using (_over.Token.Register(worker.Kill)) await FeedAsync(worker);
            worker.Kill(); // it has closed its output, if not ended
            await worker.WaitForExitAsync(); // and reaped: no zombie
        }
    }

    private async Task FeedAsync(Process worker)
    {
        await foreach (var (job, callBack) in _jobs.Reader.ReadAllAsync())
        {
            var result = await AskAsync(worker, job);
            callBack(result ?? $"process {worker.Id} died of '{job}'");
            if (result is null) return;
        }
    }

    private static async Task<string?> AskAsync(Process worker, string job)
    {
        try
        {
            await worker.StandardInput.WriteLineAsync(job);
            return await worker.StandardOutput.ReadLineAsync();
        }
        catch (IOException)
        {
            return null; // nobody reads the pipe any more
        }
    }
}
