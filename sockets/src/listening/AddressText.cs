using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets;

/// <summary>Addresses to listen at, as configuration writes them.</summary>
internal static class AddressText
{
    private const string UnixPrefix = "unix:";

    /// <summary>
    /// <c>ADDR:PORT</c>, <c>[V6]:PORT</c>, <c>:PORT</c> or <c>*:PORT</c> for every address of the machine, <c>unix:PATH</c>. Names of hosts are
    /// not looked up.
    /// </summary>
    /// <exception cref="FormatException">Something else.</exception>
    internal static EndPoint Parse(string text)
    {
        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal) && text.Length > UnixPrefix.Length)
            return new UnixDomainSocketEndPoint(text[UnixPrefix.Length..]);
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)) throw Bad(text);
        var host = text[..colon];
        if (host is "" or "*") return new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port);
        var isV6 = host.Length > 1 && host[0] == '[' && host[^1] == ']';
        if (!IPAddress.TryParse(isV6 ? host[1..^1] : host, out var address) || isV6 != (address.AddressFamily == AddressFamily.InterNetworkV6))
            throw Bad(text);
        return new IPEndPoint(address, port);
    }

    private static FormatException Bad(string text) => new(
        $"'{text}' is no address to listen at; write 127.0.0.1:7373, [::1]:7373, *:7373 for every address, or unix:/run/name.sock");
}
