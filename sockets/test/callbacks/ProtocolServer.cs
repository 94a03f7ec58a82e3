using System.Collections.Concurrent;
using System.Net;

namespace Argosy.Sockets.Tests;

/// <summary>A server of protocols under one model on one wire, with everything that it reports.</summary>
internal sealed class ProtocolServer : IAsyncDisposable
{
    private readonly string _wire;

    private ProtocolServer(StreamServer server, string wire) => (Server, _wire) = (server, wire);

    public StreamServer Server { get; }

    public EndPoint Address => Server.LocalEndPoints[0];

    public ConcurrentQueue<Exception> Errors { get; } = new();

    public static ProtocolServer Start(
        string model, Func<Protocol> build, string wire = "tcp4", TimeSpan? writeTimeout = null, int maxPending = 16 << 20)
    {
        var factory = new ProtocolFactory(build)
        {
            Layer = Wire.IsTls(wire) ? connection => connection.AuthenticateAsServerAsync(Wire.ServerTlsOver(wire), Deadline.Never) : null,
            WriteTimeout = writeTimeout ?? TimeSpan.FromSeconds(20),
            MaxPendingBytes = maxPending,
        };
        var options = new StreamServerOptions { ListenOn = [Wire.NewAddress(wire)], Model = ConcurrencyModels.Find(model)! };
        var started = new ProtocolServer(new StreamServer(options, factory.CreateHandler), wire);
        started.Server.OnError += (error, _) => started.Errors.Enqueue(error);
        started.Server.Start();
        return started;
    }

    public Task<TestClient> ConnectAsync() => TestClient.ConnectAsync(Address, _wire);

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
