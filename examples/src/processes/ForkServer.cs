using System.Net;
using System.Text;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>
/// A process for each client, as fork(2) servers have: "crash" ends this client's process and nobody else's. The parent waits for every child that
/// ends, so none stays behind as a zombie. (.NET cannot fork; the model starts processes of this program ahead of need, and passes the connection on.)
/// </summary>
internal sealed class ForkServer : ConnectionHandler
{
    private static readonly LineFraming Lines = new(maxLine: 1024);

    public static async Task Main(string[] args)
    {
        var options = new StreamServerOptions
        {
            ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)],
            Model = ConcurrencyModels.Find("process")!,
            SpareWorkers = 2,
        };
        await using var server = new StreamServer(options, () => new ForkServer());
        await server.ServeAsync(); // in a child it serves its client and does not return
    }

    public override async ValueTask HandleAsync()
    {
        using var client = new FramedConnection(Connection, Lines);
        while (await client.ReadAsync() is { } line)
        {
            var text = Encoding.UTF8.GetString(line.Span);
            if (text == "crash") Environment.Exit(3);
            await client.WriteAsync(Encoding.UTF8.GetBytes($"process {Environment.ProcessId}: {text}"));
        }
    }
}
