using System.Net.Sockets;

namespace Argosy.Sockets.Tests;

/// <summary>The handler's end of a scene in a worker process.</summary>
public sealed class WorkerScene : Scene
{
    private readonly string _path;

    private WorkerScene(SceneScript script)
        : base(script.Arguments) => _path = script.Scene;

    /// <summary>What the host program calls.</summary>
    public static WorkerService Prepare(WorkerJob job)
    {
        var script = SceneScript.Read(job.Configuration.ToArray());
        var scene = new WorkerScene(script);
        if (script.Arguments.ContainsKey("listens")) WorkerProcess.MessageReceived += message => scene.Report(System.Text.Encoding.UTF8.GetString(message.Span));
        return new WorkerService(script.Handlers(scene))
        {
            Verify = script.Verify is { } verify ? (Func<IConnection, string?>)HandlerReference.Find(verify) : null,
            Logger = script.Arguments.ContainsKey("log") ? new SceneLogger(scene) : null,
        };
    }

    public override void Report(string what) => Say('r', what);

    public override void WaitFor(string signal) => Say('w', signal);

    public override void Log(string line) => Say('l', line);

    private void Say(char verb, string text)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(_path));
        socket.Send(System.Text.Encoding.UTF8.GetBytes($"{verb}{Uri.EscapeDataString(text)}\n"));
        socket.Receive(new byte[1]);
    }
}
