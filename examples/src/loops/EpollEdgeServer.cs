using System.Net;
using System.Net.Sockets;
using Argosy.Sockets;

namespace Argosy.Examples;

/// <summary>
/// An echo server around edge-triggered epoll(7). Readiness is told once, as it begins, so whoever is told goes on until the system says
/// "not now", in accepting, reading and writing alike: what is left over would never be reported. In return nothing is ever modified.
/// </summary>
internal static class EpollEdgeServer
{
    private sealed class Client(Socket socket)
    {
        private readonly byte[] _buffer = new byte[4096];
        private int _start;
        private int _end;

        /// <summary>Echoes until reading or writing would wait. False when the client has gone.</summary>
        public bool Pump()
        {
            while (true)
            {
                if (_start == _end)
                {
                    (_start, _end) = (0, socket.Receive(_buffer, SocketFlags.None, out var unread));
                    if (_end == 0) return unread == SocketError.WouldBlock;
                }

                _start += socket.Send(_buffer.AsSpan(_start, _end - _start), SocketFlags.None, out var unsent);
                if (unsent != SocketError.Success) return unsent == SocketError.WouldBlock;
            }
        }
    }

    public static Task Main(string[] args)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var selector = new Selector(SelectorKind.EpollEdgeTriggered);
        using var stop = Stop.Token.Register(selector.Wake);
        selector.Register(listener, SelectorEvents.Read);
        Serving.Ready(listener.LocalEndPoint);
        while (!Stop.IsWished)
        {
            foreach (var (key, _) in selector.Select())
            {
                if (key.Data is not Client client) AcceptAll(selector, listener);
                else if (!client.Pump()) Close(selector, key);
            }
        }

        return Task.CompletedTask;
    }

    private static void AcceptAll(Selector selector, Socket listener)
    {
        while (listener.Poll(0, SelectMode.SelectRead))
        {
            var socket = listener.Accept();
            socket.Blocking = false;
            selector.Register(socket, SelectorEvents.Read | SelectorEvents.Write, new Client(socket)); // once and for all
        }
    }

    private static void Close(Selector selector, SelectorKey key)
    {
        selector.Unregister(key.Source); // before it is closed
        key.Socket!.Dispose();
    }
}
