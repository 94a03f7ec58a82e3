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

    private bool ServesOneAtATime => model == "iterative";

    private static ValueTask Echo(DatagramContext context)
    {
        context.Reply(context.Payload.Span);
        return default;
    }

    private static ValueTask Answer(DatagramContext context, string text)
    {
        context.Reply(Encoding.ASCII.GetBytes(text));
        return default;
    }

    private DatagramServerOptions Options(string wire) =>
        new() { ListenOn = [DatagramWire.NewAddress(wire)], Model = ConcurrencyModels.Find(model)! };

    private DatagramServer Serve(
        string wire, Func<DatagramContext, ValueTask> handle, Func<DatagramServerOptions, DatagramServerOptions>? change = null)
    {
        var server = new DatagramServer(change?.Invoke(Options(wire)) ?? Options(wire), handle);
        server.Start();
        return server;
    }

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
