using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets;

/// <summary>
/// Who counts as one address: an IPv4 address, or an IPv6 /64, which is what one customer is given (RFC 6177).
/// </summary>
internal readonly record struct AddressKey(bool IsV6, ulong Prefix)
{
    /// <summary>The key, or null where there are no addresses to tell apart (Unix sockets).</summary>
    internal static AddressKey? Of(EndPoint? address)
    {
        if (address is not IPEndPoint { Address: var ip }) return null;
        if (ip.IsIPv4MappedToIPv6) ip = ip.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        ip.TryWriteBytes(bytes, out _);
        return ip.AddressFamily == AddressFamily.InterNetworkV6
            ? new AddressKey(true, BinaryPrimitives.ReadUInt64BigEndian(bytes))
            : new AddressKey(false, BinaryPrimitives.ReadUInt32BigEndian(bytes));
    }
}
