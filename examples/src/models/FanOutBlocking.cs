using System.Net;
using System.Net.Sockets;
using System.Text;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>
/// What not to do on a loop: FanOut.cs with blocking sockets. While one client's "fetch" sits in Receive, the only thread cannot serve
/// anybody, and the three answers take as long as their sum. Under <c>threads</c> the same code would harm nobody else.
/// </summary>
internal sealed class FanOutBlocking(EndPoint[] backends) : ConnectionHandler
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
        return new StreamServer(options, () => new FanOutBlocking(backends));
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
        foreach (var backend in backends)
        {
            using var socket = new Socket(backend.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 30_000 };
            socket.Connect(backend);
            using var stream = new NetworkStream(socket);
            stream.Write("get\n"u8);
            var answer = new StreamReader(stream).ReadLine(); // the loop stands still here
            await client.WriteAsync(Encoding.UTF8.GetBytes(answer ?? "no answer"));
        }

        await client.WriteAsync(Encoding.UTF8.GetBytes($"{backends.Length} answers"));
    }
}
