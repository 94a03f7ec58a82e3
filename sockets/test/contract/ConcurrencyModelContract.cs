namespace Argosy.Sockets.Tests;

/// <summary>
/// What every concurrency model promises. A model joins with a class of a few lines; the parts of this class are the chapters.
/// </summary>
public abstract partial class ConcurrencyModelContract(string model)
{
    /// <summary>No test takes longer than this; a hung one fails.</summary>
    protected const int Limit = 30_000;

    /// <summary>Skips a test that needs more connections at once than the model serves: the others would wait in the backlog.</summary>
    private void NeedsAtOnce(int connections) => Assert.SkipWhen(
        ConcurrencyModels.Find(model)!.ServesAtOnce < connections, $"not applicable: {model} serves fewer than {connections} connections at once");

    /// <summary>Skips a test that a model cannot be put to, and says why.</summary>
    private void NotFor(bool isMeant, string reason) => Assert.SkipWhen(isMeant, $"not applicable: {reason}");

    private ConcurrencyModel Model => ConcurrencyModels.Find(model)!;

    /// <summary>A process for each connection, which takes its time to start.</summary>
    private bool CostsAProcess => Model is { RunsInWorkers: true, Inner: null };

    private TestServer Serve(
        string wire, Func<HandlerContext, IConnection, ValueTask> handle, Func<StreamServerOptions, StreamServerOptions>? change = null) =>
        TestServer.Prepare(model, wire, handle, change, []).Started();

    private TestServer Serve(string wire, SceneHandler handle, params (string Name, object Value)[] arguments) =>
        TestServer.Prepare(model, wire, handle, null, arguments).Started();

    private TestServer Serve(
        string wire, SceneHandler handle, Func<StreamServerOptions, StreamServerOptions> change, params (string Name, object Value)[] arguments) =>
        TestServer.Prepare(model, wire, handle, change, arguments).Started();

    /// <summary>A server whose handler is a class that is made with a scene.</summary>
    private TestServer Serve<THandler>()
        where THandler : ConnectionHandler => TestServer.Prepare(model, "tcp4", typeof(THandler), null, []).Started();

    private static Deadline In(double seconds) => Deadline.After(TimeSpan.FromSeconds(seconds));

    private static byte[] Noise(int count, int seed = 7)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
