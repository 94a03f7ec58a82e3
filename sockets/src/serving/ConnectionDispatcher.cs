using System.Net;
using Microsoft.Extensions.Logging;

namespace Argosy.Sockets;

/// <summary>
/// What a model does with an accepted connection: have it admitted here, then served wherever the model runs handlers. Limits,
/// tracking, the handler's life and its errors are the same under all of them.
/// </summary>
internal sealed class ConnectionDispatcher(
    StreamServerOptions options, Func<ConnectionHandler> handlers, Action<Exception, IConnection> onError, ILogger logger,
    IConnectionLimits? sharedLimits = null, ConnectionCounters? sharedCounters = null)
{
    private readonly IConnectionLimits _limits = sharedLimits ?? new ConnectionLimits(ConnectionCaps.Of(options));

    private readonly Lock _lock = new();
    private readonly HashSet<ServedConnection> _served = [];
    private readonly CancellationTokenSource _stopping = new();
    private TaskCompletionSource? _drained;

    internal ILogger Logger => logger;

    internal ConnectionCounters Counters { get; } = sharedCounters ?? new();

    internal StreamServerOptions Options => options;

    /// <summary>What worker processes know the server by.</summary>
    internal string ServerName { get; set; } = options.Name ?? "server";

    internal CancellationToken Stopping => _stopping.Token;

    /// <summary>What a model does between accepts; null for nothing.</summary>
    internal ServiceSchedule? Service { get; } = options.ServiceActions is { } actions ? new ServiceSchedule(actions, logger) : null;

    /// <summary>Set where only one connection is to be accepted.</summary>
    internal OneAdmission? Only { get; set; }

    /// <summary>False: the model accepts nothing further.</summary>
    internal bool TakesMore => Only is not { IsOver: true };

    private RefusalLog Refusals => field ??= new RefusalLog(logger, Counters);

    /// <summary>Takes the connection in, or closes it and returns null: too many, not verified, stopping.</summary>
    internal ServedConnection? Admit(StreamConnection connection)
    {
        Only?.OnAccepted();
        if (DescriptorReserve.Holds(connection.Descriptor))
            return Refuse(connection, RefusalReason.NoDescriptors, Describe(RefusalReason.NoDescriptors));
        if (TryEnter(connection, out var isOverloaded) is { } reason) return Refuse(connection, reason, Describe(reason));
        if (Verify(connection) is { } detail)
        {
            Leave(connection);
            return Refuse(connection, RefusalReason.NotVerified, detail);
        }

        var served = new ServedConnection(this, connection, isOverloaded);
        lock (_lock)
        {
            if (_drained is null)
            {
                _served.Add(served);
                Counters.OnAdmitted();
                return served;
            }
        }

        Leave(connection);
        return Refuse(connection, RefusalReason.Stopping, Describe(RefusalReason.Stopping));
    }

    /// <summary>Closes an admitted connection that cannot be served after all.</summary>
    internal void Reject(ServedConnection served, RefusalReason reason, string detail)
    {
        Refuse(served.Connection, reason, detail);
        Release(served);
    }

    /// <summary>Counts and logs a connection that the model had to close before it could be admitted.</summary>
    internal void TurnAway(EndPoint? peer, RefusalReason reason, string detail) => Refusals.Refused(peer, reason, detail);

    /// <summary>Counts and passes on that a connection failed which is served in another process.</summary>
    internal void FailElsewhere(ServedConnection served, Exception error)
    {
        if (served.TryFail()) Counters.OnFailed();
        Report(error, served.Connection);
    }

    /// <summary>Counts and passes on that connections were lost which another process had accepted.</summary>
    internal void LoseElsewhere(IConnection connection, Exception error, long count)
    {
        Counters.OnFailed(count);
        Report(error, connection);
    }

    /// <summary>Lets a connection go that was served in another process.</summary>
    internal void FinishElsewhere(ServedConnection served) => Release(served);

    internal async ValueTask ServeAsync(ServedConnection served, HandlerContext context)
    {
        ConnectionHandler? handler = null;
        try
        {
            handler = handlers();
            handler.Context = context;
            await handler.SetupAsync();
            await handler.HandleAsync();
        }
        catch (Exception e)
        {
            Fail(served, e);
        }

        try
        {
            if (handler is not null) await handler.FinishAsync();
        }
        catch (Exception e)
        {
            Fail(served, e);
        }

        try
        {
            await served.CloseAsync();
        }
        catch (Exception e)
        {
            Fail(served, e);
        }

        Release(served);
    }

    /// <summary>Tells the handlers to finish and admits nobody any more.</summary>
    internal Task BeginDrain()
    {
        lock (_lock)
        {
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_served.Count == 0) _drained.TrySetResult();
        }

        return Task.WhenAll(SignalStoppingAsync(), _drained.Task);
    }

    internal void AbortAll()
    {
        ServedConnection[] all;
        lock (_lock) all = [.. _served];
        if (all.Length > 0) Log.Aborting(logger, all.Length);
        foreach (var served in all) served.Abort();
    }

    private async Task SignalStoppingAsync()
    {
        try
        {
            await _stopping.CancelAsync();
        }
        catch (Exception e)
        {
            Log.StoppingCallbackFailed(logger, e);
        }
    }

    private ServedConnection? Refuse(StreamConnection connection, RefusalReason reason, string detail)
    {
        Refusals.Refused(connection.RemoteEndPoint, reason, detail);
        connection.Abort();
        Only?.OnRefused();
        return null;
    }

    private RefusalReason? TryEnter(StreamConnection connection, out bool isOverloaded)
    {
        try
        {
            return _limits.TryEnter(connection.RemoteEndPoint, out isOverloaded);
        }
        catch (Exception e)
        {
            Log.LimitsFail(logger, e); // shared with other processes, which may have no room left
            isOverloaded = true;
            return RefusalReason.TooMany;
        }
    }

    private void Leave(StreamConnection connection)
    {
        try
        {
            _limits.Leave(connection.RemoteEndPoint);
        }
        catch (Exception e)
        {
            Log.LimitsFail(logger, e); // on the thread of a handler or a loop, which others need as well
        }
    }

    private string? Verify(StreamConnection connection)
    {
        try
        {
            return options.Verify?.Invoke(connection);
        }
        catch (Exception e)
        {
            return $"the check itself failed ({e.Message})"; // not admitted by mistake, and the accept loop goes on
        }
    }

    private string Describe(RefusalReason reason) => reason switch
    {
        RefusalReason.TooMany => $"{options.MaxConnections ?? options.Model.DefaultMaxConnections} connections are being served",
        RefusalReason.TooManyFromAddress => $"{options.MaxPerAddress} connections of this address are being served",
        RefusalReason.NoDescriptors => "the process is at its last descriptors (ulimit -n, LimitNOFILE=)",
        _ => "the server is stopping",
    };

    /// <summary>A stream that ends by mistake must not look as if it had ended on purpose: the peer gets a reset.</summary>
    private void Fail(ServedConnection served, Exception error)
    {
        if (served.TryFail()) Counters.OnFailed();
        if (error is ConnectionException broken) Log.ConnectionBroke(logger, served.Connection.RemoteEndPoint, broken.Error);
        else Log.HandlerFailed(logger, served.Connection.RemoteEndPoint, error);
        served.Abort();
        Report(error, served.Connection);
    }

    /// <summary>Passes an error on to whoever listens.</summary>
    internal void Report(Exception error, IConnection connection)
    {
        try
        {
            onError(error, connection);
        }
        catch (Exception e)
        {
            Log.OnErrorFailed(logger, e);
        }
    }

    private void Release(ServedConnection served)
    {
        Leave(served.Connection);
        Counters.OnFinished();
        lock (_lock)
        {
            _served.Remove(served);
            if (_served.Count == 0) _drained?.TrySetResult();
        }

        Only?.OnServed();
    }
}
