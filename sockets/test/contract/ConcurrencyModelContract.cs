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

    private TestServer Serve(
        string wire, Func<HandlerContext, IConnection, ValueTask> handle,
        Func<StreamServerOptions, StreamServerOptions>? change = null) =>
        TestServer.Start(model, wire, handle, change);

    private static Deadline In(double seconds) => Deadline.After(TimeSpan.FromSeconds(seconds));

    private static byte[] Noise(int count, int seed = 7)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
