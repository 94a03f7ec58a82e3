namespace Argosy.Sockets;

/// <summary>Where one receiving loop's datagrams land, one after another, and what the kernel tells about the last.</summary>
internal sealed class ReceiveBuffer(int maxDatagram)
{
    internal byte[] Bytes { get; } = new byte[maxDatagram];

    internal byte[] Address { get; } = new byte[DatagramSocket.MaxAddress];

    internal byte[] Info { get; } = new byte[PacketInfo.MaxLength];

    /// <summary>How long the datagram was when it was sent; beyond the buffer when it was truncated.</summary>
    internal int Length { get; set; }

    internal int AddressLength { get; set; }

    internal int InfoLength { get; set; }

    internal bool IsTruncated => Length > Bytes.Length;

    /// <summary>A copy that can wait.</summary>
    internal ReceivedDatagram Copy(DatagramSocket socket) => ReceivedDatagram.Copy(
        socket, Length, Bytes.AsSpan(0, Math.Min(Length, Bytes.Length)), Address.AsSpan(0, AddressLength), Info.AsSpan(0, InfoLength));
}
