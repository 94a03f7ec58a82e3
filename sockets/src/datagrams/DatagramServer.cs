using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Argosy.Sockets;

/// <summary>
/// Serves datagrams, of UDP or of Unix sockets: each is a request of its own. Receiving never waits for a handler: what finds all workers
/// busy and the queue full is dropped and counted.
/// </summary>
public sealed partial class DatagramServer : ISocketServer
{
    private readonly DatagramServerOptions _options;
    private readonly Func<DatagramContext, ValueTask> _handle;
    private readonly ILogger _logger;
    private readonly DatagramDispatcher _dispatcher;
    private readonly List<DatagramSocket> _sockets = [];
    private readonly Lock _lock = new();
    private readonly DrainLimit _drain = new();
    private IDatagramReceiver? _receiver;
    private Task? _stopped;

    /// <summary>A server whose handler is a class, with a new instance for each datagram.</summary>
    /// <exception cref="NotSupportedException">The model does not serve datagrams.</exception>
    public DatagramServer(DatagramServerOptions options, Func<DatagramHandler> handlers, ILogger? logger = null)
        : this(options, DatagramHandler.Each(handlers), logger)
    {
    }

    /// <summary>A small server: one method serves each datagram, and nothing is allocated for it.</summary>
    /// <exception cref="NotSupportedException">The model does not serve datagrams.</exception>
    public DatagramServer(DatagramServerOptions options, Func<DatagramContext, ValueTask> handle, ILogger? logger = null)
    {
        if (!options.Model.ServesDatagrams)
        {
            var able = string.Join(", ", ConcurrencyModels.All.Where(model => model.ServesDatagrams));
            throw new NotSupportedException($"The model '{options.Model}' does not serve datagrams; these do: {able}.");
        }

        (_options, _handle) = (options, handle);
        _logger = GuardedLogger.Of(logger);
        _dispatcher = new DatagramDispatcher(options, handle, (error, sender) => OnError?.Invoke(error, sender), _logger);
        Counters.AskKernel = () => _sockets.Sum(socket => socket.LostInKernel());
    }

    /// <summary>A handler threw: the error, and who had sent the datagram. Called where the handler ran.</summary>
    public event Action<Exception, EndPoint?>? OnError;

    /// <summary>The addresses it receives at, with real ports, in the order of <c>ListenOn</c>, then those inherited. Empty before <see cref="Bind"/>.</summary>
    public IReadOnlyList<EndPoint> LocalEndPoints =>
        IsInOtherWorker ? _options.ListenOn : [.. _sockets.Select(socket => socket.LocalEndPoint)];

    /// <summary>What it has counted so far.</summary>
    public DatagramCounters Counters => _dispatcher.Counters;

    /// <summary>Binds all addresses, so that privileges can be dropped before <see cref="Start"/>. When one fails, none stays bound.</summary>
    /// <exception cref="ConnectionException">In use, not permitted, not an address of this machine: the message says what to do.</exception>
    public void Bind()
    {
        if (_sockets.Count > 0 || IsInOtherWorker) return;
        try
        {
            foreach (var address in _options.ListenOn.Where(address => !_options.Inherited.Any(socket => socket.Serves(address))))
                _sockets.Add(DatagramSocket.Open(address, IsDualStack(address), _options.KernelBuffer));
            foreach (var inherited in _options.Inherited) _sockets.Add(DatagramSocket.Adopt(inherited, _options.KernelBuffer));
        }
        catch
        {
            CloseSockets();
            _sockets.Clear();
            throw;
        }
    }

    /// <summary>Starts to receive; binds first where <see cref="Bind"/> has not been called.</summary>
    /// <exception cref="ConnectionException">As <see cref="Bind"/>.</exception>
    /// <exception cref="PlatformNotSupportedException">Datagrams are received by calls that only Linux has.</exception>
    /// <exception cref="WorkerStartException">The model runs handlers in worker processes, and none can be started.</exception>
    /// <remarks>In a worker process it serves what the parent hands over, ends the process, and never returns.</remarks>
    public void Start()
    {
        if (IsInOtherWorker)
        {
            StartInWorker(WorkerSession.Current!);
            return;
        }

        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("Datagram servers run on Linux only.");
        lock (_lock)
        {
            if (_stopped is not null) throw new InvalidOperationException("The server was stopped; make a new one.");
            if (_receiver is not null) throw new InvalidOperationException("The server has been started already.");
            Bind();
            if (_options.Model.RunsInWorkers) _dispatcher.ServerName = ServerName(_options);
            _receiver = _options.Model.Datagrams!.Start(_dispatcher, _sockets);
        }

        foreach (var address in LocalEndPoints) Log.Listening(_logger, address, _options.Model.Name);
    }

    /// <summary>
    /// Stops receiving, signals <see cref="DatagramContext.Stopping"/>, and waits up to <paramref name="drain"/> for the handlers of all that is queued; the
    /// rest is dropped. A later call with less time shortens the wait. A handler may call it but not await it: it would wait for itself.
    /// </summary>
    public Task StopAsync(TimeSpan drain)
    {
        _drain.EndAfter(drain);
        lock (_lock) return _stopped ??= Task.Run(StopOnceAsync); // not on the caller's thread: a handler that never yields it would never let it begin
    }

    IReadOnlyList<IBoundSocket> ISocketServer.BoundSockets => _sockets;

    bool ISocketServer.IsStarted => _receiver is not null;

    /// <summary>Stops without waiting for what is queued.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(TimeSpan.Zero);

    private async Task StopOnceAsync()
    {
        if (_receiver is not null)
        {
            await _receiver.StopAsync();
            var working = Task.WhenAll(_dispatcher.BeginDrainAsync(), _receiver.JoinAsync()); // whoever hears of the stop may block
            if (!await _drain.IsKeptByAsync(working))
            {
                Log.DatagramsLeftBehind(_logger);
                _dispatcher.Abort();
                await _receiver.AbortAsync();
            }
        }

        CloseSockets();
    }

    private void CloseSockets()
    {
        foreach (var socket in _sockets) socket.Close();
    }

    private bool IsDualStack(EndPoint address) =>
        address is IPEndPoint { AddressFamily: AddressFamily.InterNetworkV6 } v6
        && (v6.Port == 0 || !_options.ListenOn.Contains(new IPEndPoint(IPAddress.Any, v6.Port)));
}
