using System.Net;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>
/// Echo in callback style: no loop and no await, only what to do when something happens. The factory outlives its connections and
/// holds what they share.
/// </summary>
internal sealed class ProtocolEcho : LineReceiver
{
    private Visitors Visitors => (Visitors)Factory;

    public static async Task Main(string[] args)
    {
        var factory = new Visitors();
        var options = new StreamServerOptions { ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)], Model = args.Model("epoll") };
        await using var server = new StreamServer(options, factory.CreateHandler);
        await server.ServeAsync();
    }

    protected override void ConnectionMade() => SendLine($"visitor {Visitors.Enter()}, {Visitors.Present} here");

    protected override void LineReceived(string line)
    {
        SendLine(line);
        if (line == "bye") Transport.LoseConnection(); // after what was written has gone
    }

    protected override void ConnectionLost(Exception? reason) => Visitors.Leave();
}

/// <summary>Builds the protocols and counts them. Connections may be on different threads, so the counts are interlocked.</summary>
internal sealed class Visitors() : ProtocolFactory(() => new ProtocolEcho())
{
    private int _total;
    private int _present;

    public int Present => Volatile.Read(ref _present);

    public int Enter()
    {
        Interlocked.Increment(ref _present);
        return Interlocked.Increment(ref _total);
    }

    public void Leave() => Interlocked.Decrement(ref _present);
}
