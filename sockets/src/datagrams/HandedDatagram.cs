using System.Buffers;
using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>
/// A datagram on its way to a worker process: which of the server's sockets received it and five lengths, 32 bits each, then content,
/// sender and where to answer from. What does not fit into one message of the channel follows in more.
/// </summary>
/// <param name="longest">The longest that the server takes.</param>
internal sealed class HandedDatagram(int longest)
{
    private const int HeaderInts = 5;
    private const int HeaderLength = HeaderInts * sizeof(int);

    private int[] _header = [];
    private byte[] _bytes = [];
    private int _has;

    /// <summary>Sends it: false when the worker has gone.</summary>
    internal static bool TrySend(Worker worker, ReceivedDatagram datagram, int socket)
    {
        var rest = datagram.Bytes.AsSpan(0, datagram.Held + datagram.AddressLength + datagram.InfoLength);
        Span<byte> first = new byte[HeaderLength + Math.Min(rest.Length, WorkerChannel.MaxPayload - HeaderLength)];
        ReadOnlySpan<int> header = [socket, datagram.Held, datagram.Length, datagram.AddressLength, datagram.InfoLength];
        MemoryMarshal.AsBytes(header).CopyTo(first);
        rest[..(first.Length - HeaderLength)].CopyTo(first[HeaderLength..]);
        if (!worker.Send(WorkerMessageKind.Datagram, first)) return false;
        for (rest = rest[(first.Length - HeaderLength)..]; !rest.IsEmpty;)
        {
            var part = rest[..Math.Min(rest.Length, WorkerChannel.MaxPayload)];
            if (!worker.Send(WorkerMessageKind.DatagramMore, part)) return false;
            rest = rest[part.Length..];
        }

        return true;
    }

    /// <summary>Takes a message of the parent; true when a datagram is complete.</summary>
    /// <exception cref="InvalidDataException">It belongs to none.</exception>
    internal bool TryComplete(WorkerMessage message, IReadOnlyList<DatagramSocket> sockets, out ReceivedDatagram datagram)
    {
        ReadOnlySpan<byte> bytes = message.Payload;
        if (message.Kind == WorkerMessageKind.Datagram)
        {
            _header = ReadHeader(bytes, sockets.Count);
            _bytes = ArrayPool<byte>.Shared.Rent(Total);
            _has = 0;
            bytes = bytes[HeaderLength..];
        }

        if (_header.Length == 0 || bytes.Length > Total - _has) throw WorkerPayload.Nonsense();
        bytes.CopyTo(_bytes.AsSpan(_has));
        _has += bytes.Length;
        datagram = new ReceivedDatagram(sockets[_header[0]], _bytes, _header[1], _header[2], _header[3], _header[4]);
        return _has == Total;
    }

    private int Total => _header[1] + _header[3] + _header[4];

    private int[] ReadHeader(ReadOnlySpan<byte> bytes, int sockets)
    {
        if (bytes.Length < HeaderLength) throw WorkerPayload.Nonsense();
        var header = MemoryMarshal.Cast<byte, int>(bytes[..HeaderLength]).ToArray();
        var isSense = header[0] >= 0 && header[0] < sockets
            && header[1] >= 0 && header[1] <= longest && header[2] >= header[1]
            && header[3] is >= 0 and <= DatagramSocket.MaxAddress && header[4] is >= 0 and <= PacketInfo.MaxLength;
        return isSense ? header : throw WorkerPayload.Nonsense();
    }
}
