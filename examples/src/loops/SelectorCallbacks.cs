using System.Net;
using System.Net.Sockets;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>
/// The selector's loop in three lines: each registration carries what to call, so the loop knows neither listeners nor clients, and
/// another kind of source needs no change in it.
/// </summary>
internal static class SelectorCallbacks
{
    private static readonly byte[] Buffer = new byte[4096];

    public static Task Main(string[] args)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var selector = new Selector();
        using var stop = Stop.Token.Register(selector.Wake);
        selector.Register(listener, SelectorEvents.Read, () => Accept(selector, listener));
        Serving.Ready(listener.LocalEndPoint);
        while (!Stop.IsWished)
        {
            foreach (var (key, _) in selector.Select()) ((Action)key.Data!)();
        }

        return Task.CompletedTask;
    }

    private static void Accept(Selector selector, Socket listener)
    {
        var client = listener.Accept();
        client.Blocking = false;
        selector.Register(client, SelectorEvents.Read, () => Read(selector, client));
    }

    private static void Read(Selector selector, Socket client)
    {
        var count = client.Receive(Buffer, SocketFlags.None, out var error);
        var data = Buffer[..count]; // a copy: the next client's bytes will be in the buffer by then
        if (count > 0) selector.Modify(client, SelectorEvents.Write, () => Write(selector, client, data));
        else if (error != SocketError.WouldBlock) Close(selector, client);
    }

    private static void Write(Selector selector, Socket client, byte[] data)
    {
        var count = client.Send(data, SocketFlags.None, out var error);
        if (error is not (SocketError.Success or SocketError.WouldBlock)) Close(selector, client);
        else if (count < data.Length) selector.Modify(client, SelectorEvents.Write, () => Write(selector, client, data[count..]));
        else selector.Modify(client, SelectorEvents.Read, () => Read(selector, client));
    }

    private static void Close(Selector selector, Socket client)
    {
        selector.Unregister(client); // before it is closed
        client.Dispose();
    }
}
