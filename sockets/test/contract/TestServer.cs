using System.Collections.Concurrent;
using System.Net;

namespace Argosy.Sockets.Tests;

/// <summary>A server under one model on one wire, with everything that it reports.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly string _wire;
    private readonly SceneListener? _listener;

    private TestServer(StreamServer server, string wire, LocalScene scene, SceneListener? listener)
    {
        (Server, _wire, Scene, _listener) = (server, wire, scene, listener);
        server.OnError += (error, _) => Errors.Enqueue(error);
    }

    public StreamServer Server { get; }

    public EndPoint Address => Server.LocalEndPoints[0];

    public ConcurrentQueue<Exception> Errors { get; } = new();

    /// <summary>What handlers report.</summary>
    public LocalScene Scene { get; }

    /// <summary>For tests of one process: the handler may capture what it likes.</summary>
    public static TestServer Start(
        string model, string wire, Func<HandlerContext, IConnection, ValueTask> handle, Func<StreamServerOptions, StreamServerOptions>? change = null)
    {
        var scene = new LocalScene(new Dictionary<string, string>());
        var options = new StreamServerOptions { ListenOn = [Wire.NewAddress(wire)], Model = ConcurrencyModels.Find(model)! };
        options = change?.Invoke(options) ?? options;
        Assert.False(options.Model.RunsInWorkers, "a handler in a worker process shares nothing with its test");
        return new TestServer(new StreamServer(options, () => new SceneConnectionHandler(wire, handle, scene)), wire, scene, null).Started();
    }

    /// <summary>For every model: the handler is static and talks with its test through the scene.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="wire">The wire's name.</param>
    /// <param name="handler">A delegate that captures nothing, or a <see cref="ConnectionHandler"/> class that is made with a scene.</param>
    /// <param name="change">Changes the options.</param>
    /// <param name="arguments">What the handler is told.</param>
    /// <param name="command">How workers are started; null: as <see cref="TestHost"/> says.</param>
    internal static TestServer Prepare(
        string model, string wire, object handler, Func<StreamServerOptions, StreamServerOptions>? change, (string Name, object Value)[] arguments,
        WorkerCommand? command = null)
    {
        var options = new StreamServerOptions { ListenOn = [Wire.NewAddress(wire)], Model = ConcurrencyModels.Find(model)!, SpareWorkers = 1 };
        options = change?.Invoke(options) ?? options;
        var scene = new LocalScene(arguments.ToDictionary(argument => argument.Name, argument => argument.Value.ToString()!));
        var listener = options.Model.RunsInWorkers ? new SceneListener(scene) : null;
        var script = new SceneScript(
            wire, handler is Type type ? type.FullName! : HandlerReference.Of((Delegate)handler), handler is Type,
            options.Verify is { } verify ? HandlerReference.Of(verify) : null, listener?.Path ?? "", scene.Arguments);
        if (listener is not null) options = options with { Worker = (command ?? TestHost.Command) with { Configuration = script.Write() } };
        var logger = scene.Arguments.ContainsKey("log") ? new SceneLogger(scene) : null;
        return new TestServer(new StreamServer(options, script.Handlers(scene), logger), wire, scene, listener);
    }

    public TestServer Started()
    {
        Server.Start();
        return this;
    }

    /// <summary>The one error that was reported, by the name of its type and its message, wherever it was thrown.</summary>
    public (string Type, string Message) SingleError() => Assert.Single(Errors) switch
    {
        WorkerHandlerException elsewhere => (elsewhere.TypeName, elsewhere.Message),
        var error => (error.GetType().FullName!, error.Message),
    };

    public Task<TestClient> ConnectAsync() => TestClient.ConnectAsync(Address, _wire);

    public Task<bool> IsRefusedAsync() => TestClient.IsRefusedAsync(Address, _wire);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _listener?.Dispose();
    }
}
