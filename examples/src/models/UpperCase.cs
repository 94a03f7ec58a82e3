using System.Net;
using System.Text;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>
/// Upper-cases text over TCP and over UDP. A stream has no messages, so lines make them; a datagram is one already, and what
/// gets lost is not sent again.
/// </summary>
internal static class UpperCase
{
    private static readonly LineFraming Lines = new(maxLine: 8 * 1024, LineEnding.Lf);

    public static async Task Main(string[] args)
    {
        var (loopback, model) = (new IPEndPoint(IPAddress.Loopback, 0), args.Model("threads"));
        await using var datagrams = new DatagramServer(new() { ListenOn = [loopback], Model = model }, AnswerAsync);
        await using var streams = new StreamServer(new() { ListenOn = [loopback], Model = model }, ServeAsync);
        datagrams.Start();
        await streams.ServeAsync(beside: $"udp {datagrams.LocalEndPoints[0]}");
    }

    private static async ValueTask ServeAsync(HandlerContext context)
    {
        using var lines = new FramedConnection(context.Connection, Lines);
        while (await lines.ReadAsync() is { } line) await lines.WriteAsync(Upper(line));
    }

    private static ValueTask AnswerAsync(DatagramContext datagram)
    {
        datagram.Reply(Upper(datagram.Payload));
        return ValueTask.CompletedTask;
    }

    private static byte[] Upper(ReadOnlyMemory<byte> text) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text.Span).ToUpperInvariant());
}
