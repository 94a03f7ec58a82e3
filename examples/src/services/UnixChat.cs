using System.Net.Sockets;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>
/// A chat over a Unix socket: what one says all others read. Nobody has to log in, because the kernel tells who is at the other end
/// (SO_PEERCRED), and the socket's folder decides who may connect at all.
/// </summary>
internal sealed class UnixChat(string name) : LineReceiver
{
    private Room Room => (Room)Factory;

    public static async Task Main(string[] args)
    {
        var path = args.Option("--socket") ?? Path.Combine(Path.GetTempPath(), $"chat-{Environment.ProcessId}.sock");
        var options = new StreamServerOptions { ListenOn = [new UnixDomainSocketEndPoint(path)], Model = ConcurrencyModels.Find("epoll")! };
        await using var server = new StreamServer(options, new Room().CreateHandler);
        await server.ServeAsync();
    }

    protected override void ConnectionMade() => SendLine(Room.Enter(this, $"{name} has come"));

    protected override void LineReceived(string line) => Room.Tell(this, $"{name}: {line}");

    protected override void ConnectionLost(Exception? reason) => Room.Leave(this, $"{name} has left");
}

/// <summary>Who is in the room. Its lock is what makes all hear everything in the same order; sending never waits under it.</summary>
internal sealed class Room() : ProtocolFactory(() => throw new NotSupportedException("A chatter needs its connection."))
{
    private readonly Lock _lock = new();
    private readonly HashSet<UnixChat> _present = [];

    public string Enter(UnixChat who, string news)
    {
        lock (_lock)
        {
            Tell(who, news);
            _present.Add(who);
            return $"welcome; {_present.Count} here";
        }
    }

    public void Tell(UnixChat from, string text)
    {
        lock (_lock)
            foreach (var other in _present.Where(other => other != from)) other.SendLine(text);
    }

    public void Leave(UnixChat who, string news)
    {
        lock (_lock) _present.Remove(who);
        Tell(who, news);
    }

    protected override Protocol BuildProtocol(IConnection connection) =>
        new UnixChat(connection.PeerCredentials is { } peer ? $"user {peer.UserId} (process {peer.ProcessId})" : "somebody");
}
