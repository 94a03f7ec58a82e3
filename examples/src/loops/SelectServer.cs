using System.Net;
using System.Net.Sockets;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>
/// An echo server around select(2). What came in waits in the client's queue until the client can take it; writing is watched only
/// while the queue holds something, because an idle socket is always writable and the loop would spin.
/// </summary>
internal static class SelectServer
{
    private const int LongestQueue = 256; // pieces; who is further behind is not read from

    private sealed class Client(Socket socket)
    {
        private readonly Queue<byte[]> _output = [];
        private int _sent; // of the first piece
        private bool _hasEnded;

        public SelectorEvents Interest =>
            (_hasEnded || _output.Count >= LongestQueue ? 0 : SelectorEvents.Read) | (_output.Count > 0 ? SelectorEvents.Write : 0);

        public void Receive()
        {
            var buffer = new byte[4096];
            var count = socket.Receive(buffer, SocketFlags.None, out var error);
            if (count > 0) _output.Enqueue(buffer[..count]);
            else _hasEnded = error != SocketError.WouldBlock;
        }

        public void Send()
        {
            _sent += socket.Send(_output.Peek().AsSpan(_sent), SocketFlags.None, out var error);
            if (error is not (SocketError.Success or SocketError.WouldBlock)) _output.Clear(); // it has gone
            else if (_sent < _output.Peek().Length) return;
            else _output.Dequeue();
            _sent = 0;
        }
    }

    public static Task Main(string[] args)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var selector = new Selector(SelectorKind.Select);
        using var stop = Stop.Token.Register(selector.Wake);
        selector.Register(listener, SelectorEvents.Read);
        Serving.Ready(listener.LocalEndPoint);
        while (!Stop.IsWished)
        {
            foreach (var (key, events) in selector.Select())
            {
                if (key.Data is Client client) Serve(selector, key, client, events);
                else Accept(selector, listener);
            }
        }

        return Task.CompletedTask;
    }

    private static void Accept(Selector selector, Socket listener)
    {
        var socket = listener.Accept();
        socket.Blocking = false;
        selector.Register(socket, SelectorEvents.Read, new Client(socket));
    }

    private static void Serve(Selector selector, SelectorKey key, Client client, SelectorEvents events)
    {
        if (events.HasFlag(SelectorEvents.Read)) client.Receive();
        if (events.HasFlag(SelectorEvents.Write)) client.Send();
        if (client.Interest != 0)
        {
            selector.Modify(key.Source, client.Interest, client);
            return;
        }

        selector.Unregister(key.Source); // before it is closed
        key.Socket!.Dispose();
    }
}
