using System.Net;
using System.Text;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>
/// An automatic telephone menu. The dialogue is plain code from top to bottom, its state is local variables; threads keep the
/// callers apart, or processes.
/// </summary>
internal sealed class Telephone : ConnectionHandler
{
    private static readonly LineFraming Lines = new(maxLine: 1024);

    private static readonly Dictionary<string, string> Menu = new()
    {
        ["1"] = "Our hours are nine to five.",
        ["2"] = "We are at the old harbour.",
    };

    public static async Task Main(string[] args)
    {
        var options = new StreamServerOptions { ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)], Model = args.Model("threads") };
        await using var server = new StreamServer(options, () => new Telephone());
        await server.ServeAsync();
    }

    public override async ValueTask HandleAsync()
    {
        using var caller = new FramedConnection(Connection, Lines);
        await SayAsync(caller, "Welcome to the harbour. 1 for hours, 2 for the way, 0 for a person, exit to hang up.");
        for (var asked = 0; await caller.ReadAsync() is { } key; asked++)
        {
            switch (Encoding.UTF8.GetString(key.Span).Trim())
            {
                case "0":
                    await SayAsync(caller, "You are being connected; please hold.");
                    break;
                case "exit":
                    await SayAsync(caller, $"Goodbye. You asked {asked} times.");
                    return;
                case var other:
                    await SayAsync(caller, Menu.GetValueOrDefault(other, $"There is no {other} here; please try again."));
                    break;
            }
        }
    }

    private static ValueTask SayAsync(FramedConnection caller, string text) => caller.WriteAsync(Encoding.UTF8.GetBytes(text));
}
