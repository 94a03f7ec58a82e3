using System.Collections.Concurrent;
using System.Net;

namespace Argosy.Sockets.Tests;

/// <summary>A datagram server under one model on one wire, with everything that it reports.</summary>
public sealed class DatagramTestServer : IAsyncDisposable
{
    private readonly SceneListener? _listener;

    private DatagramTestServer(DatagramServer server, LocalScene scene, SceneListener? listener)
    {
        (Server, Scene, _listener) = (server, scene, listener);
        server.OnError += (error, sender) => Errors.Enqueue((error, sender));
    }

    public DatagramServer Server { get; }

    public LocalScene Scene { get; }

    public EndPoint Address => Server.LocalEndPoints[0];

    public DatagramCounters Counters => Server.Counters;

    public ConcurrentQueue<(Exception Error, EndPoint? Sender)> Errors { get; } = new();

    /// <param name="model">The model's name.</param>
    /// <param name="wire">The wire's name.</param>
    /// <param name="handler">A <see cref="DatagramSceneHandler"/> that captures nothing, or a <see cref="DatagramHandler"/> class.</param>
    /// <param name="change">Changes the options.</param>
    /// <param name="arguments">What the handler is told.</param>
    public static DatagramTestServer Prepare(
        string model, string wire, object handler, Func<DatagramServerOptions, DatagramServerOptions>? change, params (string Name, object Value)[] arguments)
    {
        var options = new DatagramServerOptions
        {
            ListenOn = [DatagramWire.NewAddress(wire)],
            Model = ConcurrencyModels.Find(model)!,
            Processes = 1,
            Workers = model == "process" ? 1 : null,
        };
        options = change?.Invoke(options) ?? options;
        var scene = new LocalScene(arguments.ToDictionary(argument => argument.Name, argument => argument.Value.ToString()!));
        var listener = options.Model.RunsInWorkers ? new SceneListener(scene) : null;
        var script = new SceneScript(
            wire, handler is Type type ? type.FullName! : HandlerReference.Of((Delegate)handler), handler is Type, null, listener?.Path ?? "", scene.Arguments);
        if (listener is not null && options.Worker is null) options = options with { Worker = Command("datagrams") with { Configuration = script.Write() } };
        return new DatagramTestServer(new DatagramServer(options, DatagramScene.Handle(script, scene)), scene, listener);
    }

    /// <summary>The host program, with what it is to be.</summary>
    public static WorkerCommand Command(string role) => TestHost.Command with { Arguments = [.. TestHost.Command.Arguments, role] };

    public DatagramTestServer Started()
    {
        Server.Start();
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _listener?.Dispose();
    }
}
