using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Argosy.Sockets;

/// <summary>
/// Serves stream connections: binds, accepts, admits, runs a handler for each under the chosen model, and drains at the end.
/// </summary>
public sealed partial class StreamServer : ISocketServer
{
    /// <summary>How long handlers get to notice that their connections were aborted.</summary>
    private static readonly TimeSpan AbortGrace = TimeSpan.FromSeconds(5);

    private readonly StreamServerOptions _options;
    private readonly Func<ConnectionHandler> _handlers;
    private readonly ILogger _logger;
    private readonly ConnectionDispatcher _dispatcher;
    private readonly List<SocketListener> _listeners = [];
    private readonly Lock _lock = new();
    private readonly DrainLimit _drain = new();
    private IAcceptor? _acceptor;
    private Task? _stopped;

    /// <summary>A server whose handler is a class, with a new instance for each connection.</summary>
    public StreamServer(StreamServerOptions options, Func<ConnectionHandler> handlers, ILogger? logger = null)
    {
        (_options, _handlers) = (options, handlers);
        _logger = GuardedLogger.Of(logger);
        _dispatcher = new ConnectionDispatcher(options, handlers, (error, connection) => OnError?.Invoke(error, connection), _logger);
    }

    /// <summary>A small server: one method serves each connection.</summary>
    public StreamServer(StreamServerOptions options, Func<HandlerContext, ValueTask> handle, ILogger? logger = null)
        : this(options, () => new DelegateHandler(handle), logger)
    {
    }

    /// <summary>
    /// A handler threw: the error, and the connection that alone has ended. Called where the handler ran. A peer that vanished
    /// (<see cref="ConnectionException"/>) or took too long (<see cref="TimeoutException"/>) counts, when the handler let it pass.
    /// </summary>
    public event Action<Exception, IConnection>? OnError;

    /// <summary>The addresses it listens on, with real ports, in the order of <c>ListenOn</c>, then those inherited. Empty before <see cref="Bind"/>.</summary>
    public IReadOnlyList<EndPoint> LocalEndPoints =>
        _isSkipped ? _options.ListenOn : [.. _listeners.Select(listener => listener.LocalEndPoint)];

    /// <summary>Connections being served now.</summary>
    public int ActiveConnections => _dispatcher.Counters.Active;

    /// <summary>What it has counted so far.</summary>
    public ConnectionCounters Counters => _dispatcher.Counters;

    /// <summary>
    /// Binds all addresses and listens, so that privileges can be dropped before <see cref="Start"/>. Clients that connect meanwhile
    /// wait in the backlog. When one address fails, none stays bound.
    /// </summary>
    /// <exception cref="ConnectionException">In use, not permitted, not an address of this machine: the message says what to do.</exception>
    public void Bind()
    {
        if (_listeners.Count > 0 || IsSkipped()) return;
        try
        {
            foreach (var address in _options.ListenOn.Where(address => !_options.Inherited.Any(socket => socket.Serves(address))))
                _listeners.Add(SocketListener.Open(address, _options.Backlog, IsDualStack(address)));
            foreach (var inherited in _options.Inherited) _listeners.Add(SocketListener.Adopt(inherited));
            if (_options.KeepsUrgentBytes) _listeners.ForEach(listener => listener.KeepUrgentBytes());
        }
        catch
        {
            CloseListeners();
            _listeners.Clear();
            throw;
        }
    }

    /// <summary>Starts to accept; binds first where <see cref="Bind"/> has not been called.</summary>
    /// <exception cref="ConnectionException">As <see cref="Bind"/>; or the process may open so few descriptors (ulimit -n) that none would be left for
    /// clients.</exception>
    /// <exception cref="PlatformNotSupportedException">The model needs calls that this operating system lacks.</exception>
    /// <exception cref="WorkerStartException">The model runs handlers in worker processes, and none can be started.</exception>
    /// <remarks>In a worker process it serves what the parent hands over, ends the process, and never returns.</remarks>
    public void Start()
    {
        if (IsSkipped())
        {
            ServeInWorker(WorkerSession.Current!);
            return;
        }

        lock (_lock)
        {
            BindOnce();
            _acceptor = _options.Model.Start(_dispatcher, _listeners);
        }

        foreach (var address in LocalEndPoints) Log.Listening(_logger, address, _options.Model.Name);
    }

    /// <summary>
    /// Accepts one connection and serves it to its end under the model, instead of <see cref="Start"/>. Further clients wait in the backlog
    /// for the next call. Binds first where <see cref="Bind"/> has not been called. Service actions run while it waits and serves, where
    /// the model runs them.
    /// </summary>
    /// <param name="deadline">Until when to wait for a client. Serving it has no limit but its own deadlines.</param>
    /// <returns>What became of it; <see cref="OneConnection.TimedOut"/> where none came in time.</returns>
    /// <exception cref="ConnectionException">As <see cref="Bind"/>.</exception>
    /// <exception cref="InvalidOperationException">The server has been started or stopped, or another call still serves.</exception>
    /// <exception cref="PlatformNotSupportedException">As <see cref="Start"/>.</exception>
    /// <exception cref="NotSupportedException">The model is <c>prefork</c>: its workers accept for themselves, as many as they like.</exception>
    public async Task<OneConnection> HandleOneAsync(Deadline deadline)
    {
        if (_options.Model.Inner is not null)
            throw new NotSupportedException($"The model '{_options.Model}' accepts in its worker processes, so it cannot serve just one.");
        OneShotAcceptor one;
        lock (_lock)
        {
            BindOnce();
            _acceptor = one = new OneShotAcceptor(_options.Model, _dispatcher, _listeners);
        }

        try
        {
            return await Task.Run(() => one.RunAsync(deadline));
        }
        finally
        {
            lock (_lock) if (_stopped is null) _acceptor = null; // whoever stops still asks it
        }
    }

    /// <summary>
    /// Stops accepting, signals <see cref="HandlerContext.Stopping"/>, waits up to <paramref name="drain"/> for the handlers to finish, then
    /// aborts what is left. A later call with less time shortens the wait; <see cref="TimeSpan.Zero"/> aborts now. A handler may call it but
    /// not await it: it would wait for itself.
    /// </summary>
    public Task StopAsync(TimeSpan drain)
    {
        _drain.EndAfter(drain);
        lock (_lock) return _stopped ??= Task.Run(StopOnceAsync); // not on the caller's thread: a handler that never yields it would never let it begin
    }

    IReadOnlyList<IBoundSocket> ISocketServer.BoundSockets => _listeners;

    bool ISocketServer.IsStarted => _acceptor is not null;

    /// <summary>Stops without waiting: what is being served is aborted.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(TimeSpan.Zero);

    private void BindOnce()
    {
        if (!_options.Model.IsSupported)
            throw new PlatformNotSupportedException($"The model '{_options.Model}' is not available on this system; use 'async'.");
        if (_stopped is not null) throw new InvalidOperationException("The server was stopped; make a new one.");
        if (_acceptor is not null) throw new InvalidOperationException("The server has been started already.");
        Bind();
        if (_listeners.Count > 0) DescriptorReserve.ThrowIfNoneForClients(_listeners[0].Handle);
        NameForWorkers();
    }

    private async Task StopOnceAsync()
    {
        if (_acceptor is not null) await _acceptor.StopAsync();
        CloseListeners();
        var drained = Task.WhenAll(_dispatcher.BeginDrain(), _acceptor?.DrainAsync() ?? Task.CompletedTask);
        if (!await _drain.IsKeptByAsync(drained))
        {
            AbortAll();
            if (!await EndsWithinAsync(drained, AbortGrace))
            {
                Log.LeftBehind(_logger, ActiveConnections);
                return;
            }
        }

        if (_acceptor is not null) await _acceptor.JoinAsync();
    }

    private static async Task<bool> EndsWithinAsync(Task task, TimeSpan limit)
    {
        try
        {
            await task.WaitAsync(limit);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private void CloseListeners()
    {
        foreach (var listener in _listeners) listener.Close();
    }

    private bool IsDualStack(EndPoint address) =>
        address is IPEndPoint { AddressFamily: AddressFamily.InterNetworkV6 } v6
        && (v6.Port == 0 || !_options.ListenOn.Contains(new IPEndPoint(IPAddress.Any, v6.Port)));

    private sealed class DelegateHandler(Func<HandlerContext, ValueTask> handle) : ConnectionHandler
    {
        public override ValueTask HandleAsync() => handle(Context);
    }
}
