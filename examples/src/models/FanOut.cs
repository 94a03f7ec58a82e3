using System.Net;
using System.Text;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>
/// "fetch" asks three servers at once and passes each answer on as it arrives. One loop thread serves all clients, and it never
/// waits inside a handler: at every await it turns to the others. Compare FanOutBlocking.cs.
/// </summary>
internal sealed class FanOut(EndPoint[] backends) : ConnectionHandler
{
    private static readonly LineFraming Lines = new(maxLine: 1024, LineEnding.Lf);

    public static async Task Main(string[] args)
    {
        await using var backends = await FanOutBackends.FindAsync(args);
        await using var server = Server(backends.Addresses);
        await server.ServeAsync();
    }

    public static StreamServer Server(EndPoint[] backends)
    {
        var options = new StreamServerOptions
        {
            ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)],
            Model = ConcurrencyModels.Find("select")!,
        };
        return new StreamServer(options, () => new FanOut(backends));
    }

    public override async ValueTask HandleAsync()
    {
        using var client = new FramedConnection(Connection, Lines);
        while (await client.ReadAsync() is { } line)
        {
            if (!line.Span.SequenceEqual("fetch"u8)) await client.WriteAsync("pong"u8.ToArray());
            else await FetchAsync(client);
        }
    }

    private async ValueTask FetchAsync(FramedConnection client)
    {
        await client.WriteAsync("fetching"u8.ToArray());
        var limit = Deadline.After(TimeSpan.FromSeconds(30));
        var waiting = new List<IConnection>();
        foreach (var backend in backends)
        {
            waiting.Add(await Context.ConnectAsync(backend, limit));
            await waiting[^1].WriteAsync("get\n"u8.ToArray());
        }

        while (waiting.Count > 0)
        {
            var first = await Context.WaitAnyAsync(waiting.ToArray(), limit);
            await using var connection = waiting[first];
            waiting.RemoveAt(first);
            using var answer = new FramedConnection(connection, Lines);
            await client.WriteAsync(await answer.ReadAsync() ?? "no answer"u8.ToArray());
        }

        await client.WriteAsync(Encoding.UTF8.GetBytes($"{backends.Length} answers"));
    }
}
