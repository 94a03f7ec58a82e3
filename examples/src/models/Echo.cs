using System.Net;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>The same echo under whichever model <c>--model</c> names. The handler does not know which.</summary>
internal sealed class Echo : ConnectionHandler
{
    private readonly byte[] _buffer = new byte[4096]; // a field is this connection's own: each gets a new handler

    public static async Task Main(string[] args)
    {
        var options = new StreamServerOptions
        {
            ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)],
            Model = args.Model("async"),
        };
        await using var server = new StreamServer(options, () => new Echo());
        await server.ServeAsync();
    }

    public override async ValueTask HandleAsync()
    {
        while (await Connection.ReadAsync(_buffer) is > 0 and var count)
            await Connection.WriteAsync(_buffer.AsMemory(0, count));
    }
}
