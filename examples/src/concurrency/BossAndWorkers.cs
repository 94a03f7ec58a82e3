using System.Net;
using System.Text;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>
/// One event, any number of waiters: "work" waits until the boss says "go", and then all go at once; who comes later need not wait, until the
/// boss says "halt". Waiting costs no processor time, unlike asking a flag in a loop.
/// </summary>
internal static class BossAndWorkers
{
    private static readonly ManualResetEventSlim Go = new(initialState: false);

    public static async Task Main(string[] args)
    {
        var options = new StreamServerOptions { ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)], Model = ConcurrencyModels.Find("threads")! };
        await using var server = new StreamServer(options, ServeAsync);
        await server.ServeAsync();
    }

    private static async ValueTask ServeAsync(HandlerContext context)
    {
        using var client = new FramedConnection(context.Connection, new LineFraming(1024));
        while (await client.ReadAsync() is { } line)
        {
            switch (Encoding.UTF8.GetString(line.Span))
            {
                case "go":
                    Go.Set();
                    await client.WriteAsync("the boss says go"u8.ToArray());
                    break;
                case "halt":
                    Go.Reset();
                    await client.WriteAsync("the boss says halt"u8.ToArray());
                    break;
                case "work":
                    if (!Go.IsSet) await client.WriteAsync("waiting for the boss"u8.ToArray());
                    Go.Wait(context.Stopping); // blocks this thread, which is this client's own
                    await client.WriteAsync("working"u8.ToArray());
                    break;
                default:
                    await client.WriteAsync("say work, go or halt"u8.ToArray());
                    break;
            }
        }
    }
}
