using System.Buffers.Binary;
using System.Net;
using System.Text;
using System.Text.Json;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>
/// Three servers that send the same two messages, each with a cure for packets that stick together: wait for "ready" before the message
/// (costs a round trip each), put its length in front (the usual choice), or put a header in front that says the length and more.
/// </summary>
internal static class StickyCures
{
    private static readonly string[] Messages = ["first", "second"];

    private static readonly (string Name, Func<HandlerContext, ValueTask> Handle)[] Cures =
        [("handshake", HandshakeAsync), ("length", LengthAsync), ("json", JsonAsync)];

    public static async Task Main(string[] args)
    {
        foreach (var (name, handle) in Cures)
        {
            var server = new StreamServer(new() { ListenOn = [new IPEndPoint(IPAddress.Loopback, 0)] }, handle);
            server.Start();
            Serving.Ready($"{name} {server.LocalEndPoints[0]}");
        }

        await Stop.WaitAsync();
    }

    private static async ValueTask HandshakeAsync(HandlerContext context)
    {
        using var peer = new FramedConnection(context.Connection, new LineFraming(64));
        foreach (var message in Messages)
        {
            await context.Connection.WriteAsync(Encoding.UTF8.GetBytes($"{message.Length}")); // alone on the wire: the peer has to answer
            if (await peer.ReadAsync() is not { } answer || !answer.Span.SequenceEqual("ready"u8)) return;
            await context.Connection.WriteAsync(Encoding.UTF8.GetBytes(message));
            if (await peer.ReadAsync() is not { } thanks || !thanks.Span.SequenceEqual("got it"u8)) return; // or the next length would stick to it
        }
    }

    private static async ValueTask LengthAsync(HandlerContext context)
    {
        using var frames = new FramedConnection(context.Connection, new LengthFraming(4, maxMessage: 1024));
        foreach (var message in Messages) await frames.WriteAsync(Encoding.UTF8.GetBytes(message));
    }

    private static async ValueTask JsonAsync(HandlerContext context)
    {
        foreach (var (index, message) in Messages.Index())
        {
            var header = JsonSerializer.SerializeToUtf8Bytes(new { number = index + 1, size = message.Length, type = "text" });
            var length = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32BigEndian(length, header.Length);
            await context.Connection.WriteAsync((byte[])[.. length, .. header, .. Encoding.UTF8.GetBytes(message)]);
        }
    }
}
