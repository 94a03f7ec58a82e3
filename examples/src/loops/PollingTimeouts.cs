using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Argosy.Examples;

/// <summary>
/// No selector at all: non-blocking sockets, each asked in turn, and other work between the rounds. Simple where a program has a loop already
/// (a game, a machine's control) and few clients: a round costs in proportion to all of them, and an answer waits for the next round.
/// </summary>
internal static class PollingTimeouts
{
    private const int RoundMicroseconds = 10_000;

    private static int _work;

    private sealed class Client(Socket socket)
    {
        public Socket Socket => socket;

        public long LastHeard { get; set; } = Stopwatch.GetTimestamp();
    }

    public static Task Main(string[] args)
    {
        var idle = TimeSpan.FromSeconds(double.Parse(args.Option("--idle") ?? "10", System.Globalization.CultureInfo.InvariantCulture));
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var clients = new List<Client>();
        Serving.Ready(listener.LocalEndPoint);
        while (!Stop.IsWished)
        {
            if (listener.Poll(RoundMicroseconds, SelectMode.SelectRead)) clients.Add(new Client(listener.Accept()) { Socket = { Blocking = false } });
            clients.RemoveAll(client => !IsServed(client, idle));
            _work++; // what the loop is really for
        }

        return Task.CompletedTask;
    }

    private static bool IsServed(Client client, TimeSpan idle)
    {
        Span<byte> buffer = stackalloc byte[4096];
        var count = client.Socket.Receive(buffer, SocketFlags.None, out var error);
        if (count > 0)
        {
            client.LastHeard = Stopwatch.GetTimestamp();
            // Short answers only: what a client leaves no room for is lost.
            client.Socket.Send(Encoding.UTF8.GetBytes($"round {_work}: {Encoding.UTF8.GetString(buffer[..count])}"), SocketFlags.None, out _);
            return true;
        }

        if (error == SocketError.WouldBlock && Stopwatch.GetElapsedTime(client.LastHeard) < idle) return true; // nothing yet: go on with the others
        if (error == SocketError.WouldBlock) client.Socket.Send("You are silent; goodbye.\n"u8, SocketFlags.None, out _);
        client.Socket.Dispose();
        return false;
    }
}
