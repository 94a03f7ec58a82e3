using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Argosy.Sockets;

/// <summary>
/// Opens connections whose protocols run under a concurrency model, with or without a server beside them. One serves any number of
/// connections and factories.
/// </summary>
/// <remarks>
/// A model runs handlers for connections that it accepts. So each connection to be opened first knocks on a private listener of the
/// model, and the handler that answers the knock opens it: whatever a model does for accepted connections it does for these. Until it is open it
/// costs two more descriptors. A model that serves few at once opens a further one only when one of them has ended.
/// </remarks>
public sealed class ProtocolClient : IAsyncDisposable
{
    private readonly ConcurrentDictionary<int, Order> _orders = new();
    private readonly StreamServer _server;
    private int _last;

    /// <param name="model">Where the protocols run; null takes the default.</param>
    /// <param name="logger">Where failures of protocols are logged.</param>
    public ProtocolClient(ConcurrencyModel? model = null, ILogger? logger = null)
    {
        var options = new StreamServerOptions
        {
            ListenOn = [PrivateAddress()],
            Model = model ?? ConcurrencyModels.Default,
            Verify = static knock => knock.PeerCredentials is { ProcessId: var id } && id != Environment.ProcessId ? "not this process" : null,
        };
        _server = new StreamServer(options, FulfilAsync, logger);
        _server.OnError += (error, _) => OnError?.Invoke(error);
        _server.Start();
    }

    /// <summary>A callback threw: the error. Its connection alone has ended. Called where the callback ran.</summary>
    public event Action<Exception>? OnError;

    /// <summary>Connections being opened or served now.</summary>
    public int ActiveConnections => _server.ActiveConnections;

    /// <summary>Opens a connection and runs a protocol of the factory on it. Completes after <see cref="Protocol.ConnectionMade"/>.</summary>
    /// <exception cref="ConnectionException">Refused, unreachable, bad address; or the client has been stopped.</exception>
    /// <exception cref="TimeoutException">The deadline has passed, also where the model had no place for another connection until then.</exception>
    /// <exception cref="OperationCanceledException">Cancelled. As after the deadline, no connection is left behind.</exception>
    public async Task<Protocol> ConnectAsync(EndPoint address, ProtocolFactory factory, Deadline deadline, CancellationToken cancellation = default)
    {
        var number = Interlocked.Increment(ref _last);
        var order = _orders[number] = new Order(address, factory, deadline, cancellation);
        try
        {
            await KnockAsync(order, number);
        }
        catch (Exception e)
        {
            order.Made.TrySetException(e); // unless it was made at the last moment
        }
        finally
        {
            _orders.TryRemove(number, out _);
        }

        return await order.Made.Task;
    }

    /// <summary>Stops: tells the protocols, waits up to <paramref name="drain"/> for them, and aborts what is left.</summary>
    public Task StopAsync(TimeSpan drain) => _server.StopAsync(drain);

    /// <summary>Stops without waiting.</summary>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>Knocks, and waits until the door is closed: whoever answered has then fulfilled the order, or there is nobody to do it.</summary>
    private async Task KnockAsync(Order order, int number)
    {
        try
        {
            await using var knock = await StreamClient.ConnectAsync(_server.LocalEndPoints[0], order.Deadline, order.Cancellation);
            knock.ReadDeadline = knock.WriteDeadline = order.Deadline;
            var message = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(message, number);
            await knock.WriteAsync(message, order.Cancellation);
            await knock.ReadAsync(message, order.Cancellation);
            if (!order.Made.Task.IsCompleted) throw NobodyThere(null);
        }
        catch (ConnectionException e)
        {
            throw NobodyThere(e);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"Connecting to {order.Address}: the deadline has passed.", e);
        }
    }

    private static ConnectionException NobodyThere(ConnectionException? cause) => new(
        cause?.Error ?? ConnectionError.Refused,
        "Handing a new connection to its model: it takes none; the client has been stopped, or is stopping.", cause);

    private async ValueTask FulfilAsync(HandlerContext context)
    {
        var message = new byte[sizeof(int)];
        for (var got = 0; got < message.Length;)
        {
            var count = await context.Connection.ReadAsync(message.AsMemory(got));
            if (count == 0) return;
            got += count;
        }

        if (_orders.TryRemove(BinaryPrimitives.ReadInt32LittleEndian(message), out var order)) await FulfilAsync(context, order);
    }

    private static async ValueTask FulfilAsync(HandlerContext context, Order order)
    {
        try
        {
            await using var connection = await context.ConnectAsync(order.Address, order.Deadline, order.Cancellation);
            await ProtocolLoop.RunAsync(order.Factory, connection, context.Stopping, made => OnMade(context.Connection, order, made));
            order.Made.TrySetException(new ConnectionException(ConnectionError.Refused, "The factory built no protocol for the connection."));
        }
        catch (Exception e) when (order.Made.TrySetException(e))
        {
            // Whoever asked for the connection knows.
        }
    }

    private static void OnMade(IConnection knock, Order order, Protocol made)
    {
        if (!order.Made.TrySetResult(made)) made.Transport.AbortConnection(); // whoever asked waits no longer
        knock.Abort(); // it has served; and the one who knocked need not hold its end for as long as the protocol runs
    }

    private static EndPoint PrivateAddress() => OperatingSystem.IsLinux()
        ? new UnixDomainSocketEndPoint($"\0argosy-client-{Guid.NewGuid():N}") // abstract: no file (unix(7))
        : new IPEndPoint(IPAddress.Loopback, 0);

    private sealed record Order(EndPoint Address, ProtocolFactory Factory, Deadline Deadline, CancellationToken Cancellation)
    {
        internal TaskCompletionSource<Protocol> Made { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
