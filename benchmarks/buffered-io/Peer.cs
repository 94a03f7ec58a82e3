using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Argosy.Benchmarks.BufferedIo;

/// <summary>
/// The other side, in a process of its own so that its work is not counted: plain blocking sockets. On each connection it is told what to do,
/// one byte and a count: take so many bytes and say so, or send so many.
/// </summary>
internal static class Peer
{
    internal const byte Take = 1;
    internal const byte Give = 2;
    internal const byte Leave = 3;
    internal const int OrderBytes = 1 + sizeof(long);

    private const int ChunkBytes = 256 * 1024;

    internal static byte[] Order(byte what, long count)
    {
        var order = new byte[OrderBytes];
        order[0] = what;
        BinaryPrimitives.WriteInt64LittleEndian(order.AsSpan(1), count);
        return order;
    }

    internal static void Run(EndPoint address)
    {
        var chunk = new byte[ChunkBytes];
        Random.Shared.NextBytes(chunk);
        while (true)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(address);
            var order = new byte[OrderBytes];
            for (var got = 0; got < order.Length;)
            {
                var count = socket.Receive(order, got, order.Length - got, SocketFlags.None);
                if (count == 0) return;
                got += count;
            }

            if (order[0] == Leave) return;
            var bytes = BinaryPrimitives.ReadInt64LittleEndian(order.AsSpan(1));
            if (order[0] == Take) TakeAll(socket, chunk, bytes);
            else GiveAll(socket, chunk, bytes);
            _ = socket.Receive(chunk, 0, 1, SocketFlags.None); // until the handler has closed
        }
    }

    private static void TakeAll(Socket socket, byte[] chunk, long left)
    {
        while (left > 0)
        {
            var count = socket.Receive(chunk);
            if (count == 0) return;
            left -= count;
        }

        socket.Send([1]);
    }

    private static void GiveAll(Socket socket, byte[] chunk, long left)
    {
        while (left > 0) left -= socket.Send(chunk, 0, (int)Math.Min(left, chunk.Length), SocketFlags.None);
    }
}
