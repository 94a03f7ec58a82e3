using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Argosy.Sockets;

// A small server program for the tests of a server's life. Each connection sends one letter:
//   p    the answer is this process's number
//   r    the answer is how often it was told to reload
//   h    the answer is the number, and after another byte the number again: a connection that lasts
//   c    the answer is what a child of this process sees of LISTEN_FDS, and how many sockets it holds
var setup = Setup.Parse(args);
try
{
    using var predecessor = setup.Upgrade is { } path ? ListenerHandOver.TryTake(path, TimeSpan.FromSeconds(20)) : null;
    using var inherited = setup.Inherits ? InheritedSockets.Take() : null;
    if (setup.Fails) throw new ConnectionException(ConnectionError.Failed, "told to fail");
    if (setup.Hangs) await Task.Delay(Timeout.InfiniteTimeSpan);
    var reloads = 0;
    var servers = new Dictionary<string, ISocketServer>();
    IReadOnlyList<InheritedSocket> all = [.. predecessor?.Sockets.All ?? [], .. inherited?.All ?? []];
    IReadOnlyList<InheritedSocket> streams = [.. all.Where(socket => socket.Type == SocketType.Stream)];
    IReadOnlyList<InheritedSocket> datagrams = [.. all.Where(socket => socket.Type == SocketType.Dgram)];
    if (setup.ListenOn.Count + streams.Count > 0)
    {
        var options = new StreamServerOptions { ListenOn = setup.ListenOn, Inherited = streams, Model = ConcurrencyModels.Find(setup.Model)!, Backlog = 4096 };
        servers["stream"] = new StreamServer(options, context => Answers.ServeAsync(context.Connection, () => Volatile.Read(ref reloads)));
    }

    if (datagrams.Count > 0)
    {
        servers["datagram"] = new DatagramServer(new DatagramServerOptions { ListenOn = [], Inherited = datagrams }, context =>
        {
            context.Reply(Encoding.ASCII.GetBytes($"{Environment.ProcessId}"));
            return default;
        });
    }

    foreach (var socket in all) Console.WriteLine($"given {socket.Name} {socket.Type} {socket.LocalEndPoint}");
    var end = await servers.RunUntilStoppedAsync(new ServerRunOptions
    {
        Predecessor = predecessor,
        OfferAt = setup.Upgrade,
        Drain = setup.Drain,
        Reload = () =>
        {
            Interlocked.Increment(ref reloads);
            Console.WriteLine("reloaded");
        },
        Started = () => Console.WriteLine("ready " + string.Join(' ', servers.Values.SelectMany(server => server.LocalEndPoints))),
    });
    Console.WriteLine($"end {end}");
    return 0;
}
catch (ConnectionException error)
{
    Console.WriteLine($"error {error.Message}");
    return 1;
}

internal static class Answers
{
    internal static async ValueTask ServeAsync(IConnection connection, Func<int> reloads)
    {
        var letter = new byte[1];
        if (await connection.ReadAsync(letter) == 0) return;
        await WriteAsync(connection, (char)letter[0] switch
        {
            'r' => $"{reloads()}",
            'c' => await AskChildAsync(),
            _ => $"{Environment.ProcessId}",
        });
        if (letter[0] != 'h' || await connection.ReadAsync(letter) == 0) return;
        await WriteAsync(connection, $"{Environment.ProcessId}");
    }

    private static async ValueTask WriteAsync(IConnection connection, string text) => await connection.WriteAsync(Encoding.ASCII.GetBytes(text));

    private static async Task<string> AskChildAsync()
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "echo \"[$LISTEN_FDS$LISTEN_PID$LISTEN_FDNAMES]\" $(ls -l /proc/self/fd | grep -c socket:)"])
        {
            RedirectStandardOutput = true,
        };
        using var child = Process.Start(start)!;
        return (await child.StandardOutput.ReadToEndAsync()).Trim();
    }
}

internal sealed record Setup(
    string Model, IReadOnlyList<EndPoint> ListenOn, bool Inherits, string? Upgrade, TimeSpan Drain, bool Fails, bool Hangs)
{
    internal static Setup Parse(string[] args)
    {
        var setup = new Setup("async", [], Inherits: false, Upgrade: null, TimeSpan.FromSeconds(20), Fails: false, Hangs: false);
        var words = new Queue<string>(args);
        while (words.TryDequeue(out var word))
        {
            setup = word switch
            {
                "--model" => setup with { Model = words.Dequeue() },
                "--listen" => setup with { ListenOn = [.. setup.ListenOn, Address(words.Dequeue())] },
                "--inherit" => setup with { Inherits = true },
                "--upgrade" => setup with { Upgrade = words.Dequeue() },
                "--drain" => setup with { Drain = TimeSpan.FromSeconds(double.Parse(words.Dequeue())) },
                "--fail" => setup with { Fails = true },
                "--hang" => setup with { Hangs = true },
                _ => throw new ArgumentException($"What is {word}?"),
            };
        }

        return setup;
    }

    private static EndPoint Address(string text) => text.StartsWith('/') ? new UnixDomainSocketEndPoint(text) : IPEndPoint.Parse(text);
}
