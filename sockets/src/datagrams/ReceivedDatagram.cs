using System.Buffers;

namespace Argosy.Sockets;

/// <summary>A datagram that waits for a worker, in one pooled array: its content, then its sender's address.</summary>
internal readonly record struct ReceivedDatagram(DatagramSocket Socket, byte[] Bytes, int Held, int Length, int AddressLength)
{
    internal ReadOnlyMemory<byte> Payload => Bytes.AsMemory(0, Held);

    internal ReadOnlySpan<byte> Address => Bytes.AsSpan(Held, AddressLength);

    internal static ReceivedDatagram Copy(DatagramSocket socket, ReadOnlySpan<byte> payload, int length, ReadOnlySpan<byte> address)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(payload.Length + address.Length);
        payload.CopyTo(bytes);
        address.CopyTo(bytes.AsSpan(payload.Length));
        return new ReceivedDatagram(socket, bytes, payload.Length, length, address.Length);
    }

    internal void Release() => ArrayPool<byte>.Shared.Return(Bytes);
}
