using System.Net;
using System.Net.Sockets;

namespace Argosy.Files;

/// <summary>Networks as people write them.</summary>
public static class NetworkText
{
    /// <summary>A network from <c>10.1.0.0/16</c>, <c>2001:db8::/32</c> or a single address.</summary>
    /// <exception cref="FormatException">It is none, or has bits behind its prefix; the message says what to write.</exception>
    public static IPNetwork Parse(string text)
    {
        var slash = text.IndexOf('/');
        if (IPAddress.TryParse(slash < 0 ? text : text[..slash], out var address) && IsPlain(address, text))
        {
            if (slash < 0) return new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
            if (IPNetwork.TryParse(text, out var network) && network.BaseAddress.Equals(address)) return network;
        }

        throw new FormatException(AccountText.NoNetwork(text));
    }

    /// <summary>The base library also reads 10.1 as 10.0.0.1 and 012 as octal: nobody means that here.</summary>
    private static bool IsPlain(IPAddress address, string text) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 || text.StartsWith(address.ToString(), StringComparison.Ordinal);

    /// <summary>True where <paramref name="address"/> is in one of the networks, or none are named. An IPv4 address that came over an
    /// IPv6 socket counts as IPv4; no address (a Unix socket) is in no network.</summary>
    internal static bool Allows(IReadOnlyList<IPNetwork> networks, IPAddress? address)
    {
        if (networks.Count == 0) return true;
        if (address is null) return false;

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return networks.Any(network => network.Contains(plain));
    }
}
