using System.Net;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>
/// Echoes lines for clients that know a key. Each side proves by HMAC-SHA-256 over fresh nonces that it knows the key; the key never
/// travels, and a recorded exchange is worth nothing later. What follows is not encrypted: add TLS where others can listen.
/// </summary>
internal sealed class HmacServer(byte[] key) : ConnectionHandler
{
    public static async Task Main(string[] args)
    {
        var key = File.ReadAllBytes(args.Option("--key") ?? throw new ArgumentException("--key FILE is missing: at least 16 random bytes."));
        var options = new StreamServerOptions { ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)] };
        await using var server = new StreamServer(options, () => new HmacServer(key));
        await server.ServeAsync();
    }

    public override async ValueTask HandleAsync()
    {
        try
        {
            await Connection.ChallengeAsServerAsync(key, Deadline.After(TimeSpan.FromSeconds(5)));
        }
        catch (Exception e) when (e is ChallengeException or TimeoutException)
        {
            Console.WriteLine($"refused {Connection.RemoteEndPoint}: {e.Message}");
            return;
        }

        using var lines = new FramedConnection(Connection, new LineFraming(1024));
        while (await lines.ReadAsync() is { } line) await lines.WriteAsync(line);
    }
}
