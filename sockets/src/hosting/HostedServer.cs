using Microsoft.Extensions.Hosting;

namespace Argosy.Sockets;

/// <summary>
/// A server that starts and stops with its host. Where it cannot start, neither does the host. The drain lasts as long as the host allows
/// (<c>HostOptions.ShutdownTimeout</c>); what is left then is aborted.
/// </summary>
internal sealed class HostedServer(ISocketServer server) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        server.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var stopped = server.StopAsync(Timeout.InfiniteTimeSpan);
        await using var outOfTime = cancellationToken.Register(() => _ = server.StopAsync(TimeSpan.Zero));
        await stopped;
    }
}
