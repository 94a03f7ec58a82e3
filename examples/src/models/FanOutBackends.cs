using System.Net;
using System.Text;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>The three servers that FanOut.cs and FanOutBlocking.cs ask: those that are named, or three slow ones of its own.</summary>
internal sealed class FanOutBackends : IAsyncDisposable
{
    private static readonly (string Name, int Milliseconds)[] Own = [("slow", 300), ("medium", 200), ("fast", 100)];

    private readonly List<StreamServer> _own = [];

    public required EndPoint[] Addresses { get; init; }

    public static ValueTask<FanOutBackends> FindAsync(string[] addresses)
    {
        if (addresses.Length is not (0 or 3)) throw new ArgumentException("Name three servers as ADDRESS:PORT, or none.");
        return ValueTask.FromResult(addresses.Length == 0
            ? StartOwn()
            : new FanOutBackends { Addresses = Array.ConvertAll<string, EndPoint>(addresses, Address) });
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _own) await server.DisposeAsync();
    }

    private static FanOutBackends StartOwn()
    {
        var servers = Array.ConvertAll(Own, backend => new StreamServer(
            new() { ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)] }, context => AnswerAsync(context, backend)));
        foreach (var server in servers) server.Start();
        var all = new FanOutBackends { Addresses = Array.ConvertAll(servers, server => server.LocalEndPoints[0]) };
        all._own.AddRange(servers);
        return all;
    }

    private static async ValueTask AnswerAsync(HandlerContext context, (string Name, int Milliseconds) backend)
    {
        await Task.Delay(backend.Milliseconds, context.Stopping);
        await context.Connection.WriteAsync(Encoding.UTF8.GetBytes($"{backend.Name}\n"));
    }

    private static IPEndPoint Address(string text) =>
        IPEndPoint.TryParse(text, out var address) ? address : throw new ArgumentException($"'{text}' is not ADDRESS:PORT.");
}
