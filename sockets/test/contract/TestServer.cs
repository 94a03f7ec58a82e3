using System.Collections.Concurrent;
using System.Net;

namespace Argosy.Sockets.Tests;

/// <summary>A server under one model on one wire, with everything that it reports.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly string _wire;

    private TestServer(StreamServer server, string wire) => (Server, _wire) = (server, wire);

    public StreamServer Server { get; }

    public EndPoint Address => Server.LocalEndPoints[0];

    public ConcurrentQueue<Exception> Errors { get; } = new();

    public static TestServer Start(
        string model, string wire, Func<HandlerContext, IConnection, ValueTask> handle,
        Func<StreamServerOptions, StreamServerOptions>? change = null)
    {
        var options = new StreamServerOptions { ListenOn = [Wire.NewAddress(wire)], Model = ConcurrencyModels.Find(model)! };
        var server = new StreamServer(change?.Invoke(options) ?? options, context => HandleAsync(context, wire, handle));
        var started = new TestServer(server, wire);
        server.OnError += (error, _) => started.Errors.Enqueue(error);
        server.Start();
        return started;
    }

    public Task<TestClient> ConnectAsync() => TestClient.ConnectAsync(Address, _wire);

    public Task<bool> IsRefusedAsync() => TestClient.IsRefusedAsync(Address, _wire);

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();

    private static async ValueTask HandleAsync(
        HandlerContext context, string wire, Func<HandlerContext, IConnection, ValueTask> handle)
    {
        if (!Wire.IsTls(wire))
        {
            await handle(context, context.Connection);
            return;
        }

        var tls = await context.Connection.AuthenticateAsServerAsync(
            Wire.ServerTls, Deadline.After(TimeSpan.FromSeconds(10)));
        await handle(context, tls);
    }
}
