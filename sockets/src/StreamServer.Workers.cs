using System.Globalization;

namespace Argosy.Sockets;

/// <summary>What concerns worker processes: the same program runs in the parent and, started again, in each worker.</summary>
public sealed partial class StreamServer
{
    /// <summary>How many servers of process models this program has started: the parent and its workers count alike.</summary>
    private static int _started;

    private bool _isSkipped;

    /// <summary>
    /// Sends a message, in the program's own format, to all worker processes that are there now; each gets it by
    /// <see cref="WorkerProcess.MessageReceived"/>. For SIGHUP, say: workers that start later read what is new anyway. Models without
    /// workers ignore it.
    /// </summary>
    /// <param name="message">At most 32 KiB.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is longer.</exception>
    public void SendToWorkers(ReadOnlySpan<byte> message)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(message.Length, WorkerChannel.MaxPayload, nameof(message));
        _acceptor?.SendToWorkers(message);
    }

    private static string ServerName(StreamServerOptions options)
    {
        var number = Interlocked.Increment(ref _started);
        return options.Name ?? string.Create(CultureInfo.InvariantCulture, $"server {number}");
    }

    /// <summary>
    /// True in a worker process until its server is found: what the program binds and starts on the way there is its parent's business.
    /// </summary>
    private bool IsSkipped() => _isSkipped |= WorkerSession.Current is { IsTaken: false };

    private void NameForWorkers()
    {
        if (_options.Model.RunsInWorkers) _dispatcher.ServerName = ServerName(_options);
    }

    /// <summary>
    /// In a worker: where this is the server that the worker is for, serves what the parent hands over and ends the process; otherwise
    /// does nothing.
    /// </summary>
    private void ServeInWorker(WorkerSession session)
    {
        if (!_options.Model.RunsInWorkers) return;
        var name = ServerName(_options);
        var service = new WorkerService(_handlers) { Verify = _options.Verify, Logger = _logger };
        var code = Task.Run(async () =>
        {
            var (job, _, _) = await session.TaskAsync;
            return job.Server == name ? await StreamWorker.RunAsync(session, _ => ValueTask.FromResult(service)) : (int?)null;
        }).GetAwaiter().GetResult();
        if (code is not null) WorkerSession.Exit(code.Value);
    }
}
