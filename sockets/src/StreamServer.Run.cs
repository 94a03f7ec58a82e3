namespace Argosy.Sockets;

/// <summary>A server as a whole program.</summary>
public sealed partial class StreamServer
{
    /// <summary>
    /// Starts unless started, serves until <paramref name="cancellation"/> or SIGTERM or SIGINT, drains for up to <paramref name="drain"/>, and returns. A second signal
    /// aborts what is still served. In a worker process it serves and does not return. With more to say, see <see cref="ServerRun"/>.
    /// </summary>
    /// <param name="drain">How long connections may take to finish; null: 30 seconds.</param>
    /// <param name="cancellation">Stops as a signal does.</param>
    /// <exception cref="ConnectionException">As <see cref="Start"/>.</exception>
    /// <exception cref="WorkerStartException">As <see cref="Start"/>.</exception>
    public Task RunAsync(TimeSpan? drain = null, CancellationToken cancellation = default)
    {
        var options = new ServerRunOptions { Cancellation = cancellation, Logger = _logger };
        return this.RunUntilStoppedAsync(drain is { } time ? options with { Drain = time } : options);
    }

    private void AbortAll()
    {
        _dispatcher.AbortAll();
        _acceptor?.Abort();
    }
}
