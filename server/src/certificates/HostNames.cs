using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Argosy.Server;

/// <summary>The names and addresses under which this machine is reached.</summary>
internal static class HostNames
{
    /// <summary>The host name, <c>localhost</c>, the loopback addresses, this machine's other addresses, and <paramref name="more"/>.</summary>
    public static IReadOnlyList<string> All(IEnumerable<string> more) =>
    [
        .. new[] { "localhost", "127.0.0.1", "::1", Dns.GetHostName() }
            .Concat(Addresses())
            .Concat(more)
            .Select(name => IPAddress.TryParse(name, out var address) ? address.ToString() : name)
            .Where(name => IPAddress.TryParse(name, out _) || Uri.CheckHostName(name) == UriHostNameType.Dns)
            .Distinct(StringComparer.OrdinalIgnoreCase),
    ];

    private static IEnumerable<string> Addresses()
    {
        try
        {
            return NetworkInterface.GetAllNetworkInterfaces()
                .Where(card => card.OperationalStatus == OperationalStatus.Up)
                .SelectMany(card => card.GetIPProperties().UnicastAddresses)
                .Select(entry => entry.Address)
                .Where(address => address.AddressFamily == AddressFamily.InterNetwork || address is { IsIPv6LinkLocal: false })
                .Select(address => address.ToString());
        }
        catch (NetworkInformationException)
        {
            return []; // A sandbox without netlink: the names above still serve.
        }
    }
}
