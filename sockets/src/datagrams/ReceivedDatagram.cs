using System.Buffers;

namespace Argosy.Sockets;

/// <summary>A datagram that waits for a worker, in one pooled array: its content, its sender's address, and where to answer from.</summary>
internal readonly record struct ReceivedDatagram(DatagramSocket Socket, byte[] Bytes, int Held, int Length, int AddressLength, int InfoLength)
{
    internal ReadOnlyMemory<byte> Payload => Bytes.AsMemory(0, Held);

    internal ReadOnlySpan<byte> Address => Bytes.AsSpan(Held, AddressLength);

    /// <summary>As <see cref="PacketInfo"/> has it; empty where the socket is bound to one address.</summary>
    internal ReadOnlySpan<byte> Info => Bytes.AsSpan(Held + AddressLength, InfoLength);

    internal static ReceivedDatagram Copy(
        DatagramSocket socket, int length, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> address, ReadOnlySpan<byte> info)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(payload.Length + address.Length + info.Length);
        payload.CopyTo(bytes);
        address.CopyTo(bytes.AsSpan(payload.Length));
        info.CopyTo(bytes.AsSpan(payload.Length + address.Length));
        return new ReceivedDatagram(socket, bytes, payload.Length, length, address.Length, info.Length);
    }

    internal void Release() => ArrayPool<byte>.Shared.Return(Bytes);
}
