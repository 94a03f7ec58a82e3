using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets;

/// <summary>Between <see cref="EndPoint"/> and struct sockaddr.</summary>
internal static class NativeAddress
{
    private const int FamilyLength = 2; // sa_family_t

    /// <summary>The kernel's number of a family (socket(2)).</summary>
    internal static int Family(AddressFamily family) => family switch
    {
        AddressFamily.Unix => 1,
        AddressFamily.InterNetwork => 2,
        AddressFamily.InterNetworkV6 => 10,
        _ => throw new ConnectionException(ConnectionError.BadAddress, $"Addresses of the family {family} are not supported."),
    };

    /// <summary>The family of a kernel's number; <see cref="AddressFamily.Unknown"/> for those that are not served.</summary>
    internal static AddressFamily Family(int number) => number switch
    {
        1 => AddressFamily.Unix,
        2 => AddressFamily.InterNetwork,
        10 => AddressFamily.InterNetworkV6,
        _ => AddressFamily.Unknown,
    };

    /// <summary>Reads what the kernel wrote. An unnamed Unix socket has no address: null.</summary>
    internal static EndPoint? Read(AddressFamily family, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= FamilyLength) return null;
        var address = new SocketAddress(family, bytes.Length);
        bytes.CopyTo(address.Buffer.Span);
        EndPoint shape = family switch
        {
            AddressFamily.Unix => new UnixDomainSocketEndPoint("/"),
            AddressFamily.InterNetworkV6 => new IPEndPoint(IPAddress.IPv6Any, 0),
            _ => new IPEndPoint(IPAddress.Any, 0),
        };
        return Normalize(shape.Create(address));
    }

    /// <summary>
    /// An IPv4 peer of a dual-stack listener is shown as what it is, 192.0.2.1 and not ::ffff:192.0.2.1, so that rules about
    /// addresses need one form only. An unnamed Unix socket is null.
    /// </summary>
    internal static EndPoint? Normalize(EndPoint? address) => address switch
    {
        IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped => new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port),
        UnixDomainSocketEndPoint unix when unix.ToString().Length == 0 => null,
        _ => address,
    };
}
