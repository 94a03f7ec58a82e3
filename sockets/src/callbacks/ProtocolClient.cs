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
/// model, and the handler that answers the knock opens it: whatever a model does for accepted connections it does for these. It costs two
/// more descriptors for each.
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
    /// <exception cref="ConnectionException">Refused, unreachable, bad address.</exception>
    /// <exception cref="TimeoutException">The deadline has passed.</exception>
    public async Task<Protocol> ConnectAsync(EndPoint address, ProtocolFactory factory, Deadline deadline)
    {
        var number = Interlocked.Increment(ref _last);
        using var order = new Order(address, factory, deadline);
        _orders[number] = order;
        try
        {
            await KnockAsync(order.Knock, number);
            return await order.Made.Task;
        }
        finally
        {
            _orders.TryRemove(number, out _);
        }
    }

    /// <summary>Stops: tells the protocols, waits up to <paramref name="drain"/> for them, and aborts what is left.</summary>
    public Task StopAsync(TimeSpan drain) => _server.StopAsync(drain);

    /// <summary>Stops without waiting.</summary>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task KnockAsync(Socket knock, int number)
    {
        try
        {
            var message = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(message, number);
            await knock.ConnectAsync(_server.LocalEndPoints[0]);
            await knock.SendAsync(message.AsMemory());
        }
        catch (SocketException e)
        {
            throw ConnectionErrors.FromSocket(e, "Handing a new connection to its model (has the client been stopped?)");
        }
    }

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
            await using var connection = await context.ConnectAsync(order.Address, order.Deadline);
            await ProtocolLoop.RunAsync(order.Factory, connection, context.Stopping, made => order.Made.TrySetResult(made));
            order.Made.TrySetException(new ConnectionException(ConnectionError.Refused, "The factory built no protocol for the connection."));
        }
        catch (Exception e) when (order.Made.TrySetException(e))
        {
            // Whoever asked for the connection knows.
        }
    }

    private static EndPoint PrivateAddress() => OperatingSystem.IsLinux()
        ? new UnixDomainSocketEndPoint($"\0argosy-client-{Guid.NewGuid():N}") // abstract: no file (unix(7))
        : new IPEndPoint(IPAddress.Loopback, 0);

    private sealed class Order(EndPoint address, ProtocolFactory factory, Deadline deadline) : IDisposable
    {
        internal EndPoint Address => address;

        internal ProtocolFactory Factory => factory;

        internal Deadline Deadline => deadline;

        internal Socket Knock { get; } = OperatingSystem.IsLinux()
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        internal TaskCompletionSource<Protocol> Made { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Dispose() => Knock.Dispose();
    }
}
