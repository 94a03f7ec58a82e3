using System.Net;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>Echoes, one client at a time: who comes second waits in the kernel's backlog until the first has left.</summary>
internal sealed class IterativeEcho : ConnectionHandler
{
    public static async Task Main(string[] args)
    {
        var options = new StreamServerOptions
        {
            ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)],
            Model = ConcurrencyModels.Find("iterative")!,
        };
        await using var server = new StreamServer(options, () => new IterativeEcho());
        await server.ServeAsync();
    }

    public override async ValueTask HandleAsync()
    {
        var buffer = new byte[4096];
        while (await Connection.ReadAsync(buffer) is > 0 and var count)
            await Connection.WriteAsync(buffer.AsMemory(0, count));
    }
}
