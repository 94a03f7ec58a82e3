using System.Net;
using System.Net.Sockets;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>
/// An echo server around poll(2), without queues: a client is watched for reading, or, while an answer is unsent, for writing, never for both.
/// One who sends without reading is not read from, so its own sends have to wait: backpressure, for one buffer per client.
/// </summary>
internal static class PollServer
{
    private sealed class Client(Socket socket)
    {
        private readonly byte[] _buffer = new byte[4096];
        private int _start;
        private int _end;

        /// <summary>What to wait for next; 0 when the client has gone.</summary>
        public SelectorEvents Read()
        {
            (_start, _end) = (0, socket.Receive(_buffer, SocketFlags.None, out var error));
            return _end > 0 ? SelectorEvents.Write : error == SocketError.WouldBlock ? SelectorEvents.Read : 0;
        }

        public SelectorEvents Write()
        {
            _start += socket.Send(_buffer.AsSpan(_start, _end - _start), SocketFlags.None, out var error);
            if (error is not (SocketError.Success or SocketError.WouldBlock)) return 0;
            return _start < _end ? SelectorEvents.Write : SelectorEvents.Read;
        }
    }

    public static Task Main(string[] args)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var selector = new Selector(SelectorKind.Poll);
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
        var next = events == SelectorEvents.Read ? client.Read() : client.Write();
        if (next != 0)
        {
            selector.Modify(key.Source, next, client);
            return;
        }

        selector.Unregister(key.Source); // before it is closed
        key.Socket!.Dispose();
    }
}
