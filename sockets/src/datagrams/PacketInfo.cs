using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>
/// Which of this machine's addresses a datagram was sent to, so that the answer leaves from there: a socket bound to all addresses would
/// otherwise answer from whichever the route prefers, and the client, who asked another, ignores it. IP_PKTINFO of ip(7): struct in_pktinfo
/// { interface, address to answer from, destination }. IPV6_PKTINFO of RFC 3542 section 6.1: struct in6_pktinfo { address, interface }; an IPv4 address
/// is ::ffff: mapped there.
/// </summary>
internal static unsafe class PacketInfo
{
    /// <summary>Room for either structure.</summary>
    internal const int MaxLength = 20;

    /// <summary>Room for the control message that carries it.</summary>
    internal const int MaxControl = 64;

    private const int V4Length = 12;
    private const int V6Length = 20;
    private const int IpProtoIp = 0;
    private const int IpPktInfo = 8;
    private const int IpProtoIpV6 = 41;
    private const int IpV6ReceivePktInfo = 49;
    private const int IpV6PktInfo = 50;

    // struct cmsghdr { size_t length; int level; int type; }, then the data; the next begins where size_t may (cmsg(3)).
    private static readonly int HeaderLength = Align(sizeof(nuint) + (2 * sizeof(int)));

    /// <summary>Asks the kernel to tell with each datagram, where the socket takes those of several addresses.</summary>
    internal static void AskAtWildcard(SafeHandle socket, EndPoint address)
    {
        if (address is IPEndPoint { Address: var ip } && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any))) Ask(socket, address.AddressFamily);
    }

    private static void Ask(SafeHandle socket, AddressFamily family)
    {
        var on = 1;
        var (level, option) = family == AddressFamily.InterNetworkV6 ? (IpProtoIpV6, IpV6ReceivePktInfo) : (IpProtoIp, IpPktInfo);
        _ = Libc.SetSocketOption(socket, level, option, &on, sizeof(int)); // where it is unknown, answers leave from the route's address
    }

    /// <summary>Finds what the kernel told and writes it in the form to answer with; 0 where it told nothing to answer from.</summary>
    internal static int Read(ReadOnlySpan<byte> control, Span<byte> info)
    {
        while (control.Length >= HeaderLength)
        {
            var length = (int)MemoryMarshal.Read<nuint>(control);
            if (length < HeaderLength || length > control.Length) break;
            var kind = (MemoryMarshal.Read<int>(control[sizeof(nuint)..]), MemoryMarshal.Read<int>(control[(sizeof(nuint) + sizeof(int))..]));
            if (kind == (IpProtoIp, IpPktInfo)) return ReadV4(control[HeaderLength..length], info);
            if (kind == (IpProtoIpV6, IpV6PktInfo)) return ReadV6(control[HeaderLength..length], info);
            control = control[Math.Min(Align(length), control.Length)..];
        }

        return 0;
    }

    /// <summary>The control message that makes an answer leave from that address.</summary>
    internal static int Write(ReadOnlySpan<byte> info, Span<byte> control)
    {
        var (level, type) = info.Length == V6Length ? (IpProtoIpV6, IpV6PktInfo) : (IpProtoIp, IpPktInfo);
        control[..Align(HeaderLength + info.Length)].Clear();
        MemoryMarshal.Write(control, (nuint)(HeaderLength + info.Length));
        MemoryMarshal.Write(control[sizeof(nuint)..], level);
        MemoryMarshal.Write(control[(sizeof(nuint) + sizeof(int))..], type);
        info.CopyTo(control[HeaderLength..]);
        return Align(HeaderLength + info.Length);
    }

    /// <summary>The address as others see it.</summary>
    internal static IPEndPoint Address(ReadOnlySpan<byte> info, int port)
    {
        if (info.Length == V4Length) return new IPEndPoint(new IPAddress(info.Slice(4, 4)), port);
        var address = new IPAddress(info[..16], MemoryMarshal.Read<uint>(info[16..]));
        return new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, port);
    }

    private static int ReadV4(ReadOnlySpan<byte> told, Span<byte> info)
    {
        if (told.Length < V4Length) return 0;
        info[..V4Length].Clear(); // no interface: the route to the sender decides
        told.Slice(4, 4).CopyTo(info[4..]);
        return V4Length;
    }

    private static int ReadV6(ReadOnlySpan<byte> told, Span<byte> info)
    {
        const byte multicast = 0xFF;
        const ushort linkLocal = 0xFE80;
        if (told.Length < V6Length || told[0] == multicast) return 0; // nobody answers from a group
        told[..V6Length].CopyTo(info);
        if ((BinaryPrimitives.ReadUInt16BigEndian(told) & 0xFFC0) != linkLocal) info.Slice(16, 4).Clear(); // only there an interface is part of the address
        return V6Length;
    }

    private static int Align(int length) => (length + sizeof(nuint) - 1) & -sizeof(nuint);
}
