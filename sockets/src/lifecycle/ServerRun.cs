
namespace Argosy.Sockets;

/// <summary>The life of a server program: start, heed signals, drain; and hand the listening sockets on where that is asked for.</summary>
public static class ServerRun
{
    private const string OnlyServer = "server";

    /// <summary>Starts a server, unless it was started, and completes when it has stopped: by SIGTERM or SIGINT, or because a successor has taken over.</summary>
    /// <exception cref="ConnectionException">It cannot start. A predecessor then goes on.</exception>
    public static Task<ServerEnd> RunUntilStoppedAsync(this ISocketServer server, ServerRunOptions? options = null) =>
        RunUntilStoppedAsync(new Dictionary<string, ISocketServer> { [OnlyServer] = server }, options);

    /// <summary>As for one server, for several that live together. Successors find their sockets by the names given here.</summary>
    /// <inheritdoc cref="RunUntilStoppedAsync(ISocketServer, ServerRunOptions)" path="/exception"/>
    public static async Task<ServerEnd> RunUntilStoppedAsync(this IReadOnlyDictionary<string, ISocketServer> servers, ServerRunOptions? options = null)
    {
        options ??= new ServerRunOptions();
        using var signals = new ServerSignals(options.Reload, options.Logger);
        try
        {
            foreach (var server in servers.Values.Where(server => !server.IsStarted)) server.Start();
            if (options.Predecessor is { } predecessor) await predecessor.ConfirmAsync();
            var isTaken = await OfferUntilAsync(Task.WhenAny(FiredAsync(signals.Stopping), FiredAsync(options.Cancellation)), servers, options);
            return await StopAsync(servers.Values, signals, options, isTaken);
        }
        catch
        {
            await Task.WhenAll(servers.Values.Select(server => server.StopAsync(TimeSpan.Zero)));
            throw;
        }
    }

    /// <summary>True where a successor came first. What is stopping is offered no longer.</summary>
    private static async Task<bool> OfferUntilAsync(Task stop, IReadOnlyDictionary<string, ISocketServer> servers, ServerRunOptions options)
    {
        var offer = options.OfferAt is { } path ? OpenOffer(path, servers, options) : null;
        options.Started?.Invoke();
        await (offer is null ? stop : Task.WhenAny(offer.Taken, stop));
        if (offer is null) return false;
        await offer.DisposeAsync();
        return offer.Taken.IsCompleted;
    }

    /// <summary>Once the predecessor has let go, a service that cannot be upgraded is better than none.</summary>
    private static ListenerOffer? OpenOffer(string path, IReadOnlyDictionary<string, ISocketServer> servers, ServerRunOptions options)
    {
        try
        {
            return ListenerOffer.Open(path, servers, options.Logger);
        }
        catch (ConnectionException e) when (options.Predecessor is not null)
        {
            Log.CannotOffer(GuardedLogger.Of(options.Logger), e);
            return null;
        }
    }

    private static async Task<ServerEnd> StopAsync(
        IEnumerable<ISocketServer> servers, ServerSignals signals, ServerRunOptions options, bool isTaken)
    {
        var logger = GuardedLogger.Of(options.Logger);
        if (!isTaken) Log.StopSignal(logger, signals.Last, options.Drain);
        var stopped = Task.WhenAll(servers.Select(server => server.StopAsync(options.Drain)));
        // A process that was handed over has not been told to stop yet, so the first signal already is the impatient one.
        if (await Task.WhenAny(stopped, FiredAsync(isTaken ? signals.Stopping : signals.Aborting)) != stopped)
        {
            Log.AbortSignal(logger, signals.Last);
            await Task.WhenAll(servers.Select(server => server.StopAsync(TimeSpan.Zero)));
            return ServerEnd.Aborted;
        }

        return isTaken ? ServerEnd.HandedOver : ServerEnd.Drained;
    }

    private static Task FiredAsync(CancellationToken token)
    {
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        token.Register(fired.SetResult);
        return fired.Task;
    }
}
