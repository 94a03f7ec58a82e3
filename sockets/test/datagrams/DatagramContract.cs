using System.Text;

namespace Argosy.Sockets.Tests;

/// <summary>
/// What every model that serves datagrams promises. A model joins with a class of a few lines; the parts of this class are the chapters.
/// </summary>
public abstract partial class DatagramContract(string model)
{
    /// <summary>No test takes longer than this; a hung one fails.</summary>
    protected const int Limit = 30_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private ConcurrencyModel Model => ConcurrencyModels.Find(model)!;

    private static ValueTask Echo(DatagramContext context, Scene scene)
    {
        context.Reply(context.Payload.Span);
        return default;
    }

    private static ValueTask Answer(DatagramContext context, string text)
    {
        context.Reply(Encoding.ASCII.GetBytes(text));
        return default;
    }

    private DatagramTestServer Prepare(
        string wire, DatagramSceneHandler handler, Func<DatagramServerOptions, DatagramServerOptions>? change = null,
        params (string Name, object Value)[] arguments) => DatagramTestServer.Prepare(model, wire, handler, change, arguments);

    private DatagramTestServer Serve(
        string wire, DatagramSceneHandler handler, Func<DatagramServerOptions, DatagramServerOptions>? change = null,
        params (string Name, object Value)[] arguments) => Prepare(wire, handler, change, arguments).Started();

    /// <summary>So many at once, from one queue.</summary>
    private static DatagramServerOptions OneQueue(DatagramServerOptions options, int workers, int capacity = 1024) =>
        options with { Workers = workers, QueueCapacity = capacity };

    /// <summary>The full name of what was thrown, wherever it was thrown.</summary>
    private static string TypeOf(Exception error) => error is WorkerHandlerException elsewhere ? elsewhere.TypeName : error.GetType().FullName!;

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition()) await Task.Delay(1, TestContext.Current.CancellationToken);
    }

    private static byte[] Noise(int count)
    {
        var bytes = new byte[count];
        new Random(7).NextBytes(bytes);
        return bytes;
    }
}
