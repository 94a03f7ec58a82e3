using System.Globalization;

namespace Argosy.Sockets;

/// <summary>What concerns worker processes: the same program runs in the parent and, started again, in each worker.</summary>
public sealed partial class DatagramServer
{
    /// <summary>How many servers of process models this program has started: the parent and its workers count alike.</summary>
    private static int _started;

    /// <summary>
    /// True in a worker process until its server is found: what the program binds and starts on the way there is its parent's business.
    /// </summary>
    private static bool IsInOtherWorker => WorkerSession.Current is { IsTaken: false };

    private static string ServerName(DatagramServerOptions options)
    {
        var number = Interlocked.Increment(ref _started);
        return options.Name ?? string.Create(CultureInfo.InvariantCulture, $"datagrams {number}");
    }

    /// <summary>
    /// In a worker: where this is the server that the worker is for, serves what the parent hands over and ends the process; otherwise
    /// does nothing.
    /// </summary>
    private void StartInWorker(WorkerSession session)
    {
        if (!_options.Model.RunsInWorkers) return;
        var name = ServerName(_options);
        var service = new DatagramService(_handle) { Logger = _logger };
        var code = Task.Run(async () =>
        {
            var (job, _, _) = await session.TaskAsync;
            return job.Server == name ? await DatagramWorker.RunAsync(session, _ => ValueTask.FromResult(service)) : (int?)null;
        }).GetAwaiter().GetResult();
        if (code is not null) WorkerSession.Exit(code.Value);
    }
}
