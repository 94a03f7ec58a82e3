using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Argosy.Server;

/// <summary>Addresses to listen at, as the command line and the configuration file write them.</summary>
public static class ListenAddress
{
    private const string Form = SettingText.Address;

    /// <summary>
    /// An end point from <c>ADDR:PORT</c>, <c>[V6]:PORT</c>, <c>HOST:PORT</c>, or <c>PORT</c>, <c>:PORT</c> and <c>*:PORT</c> for every address
    /// of the machine. Port 0 lets the system choose.
    /// </summary>
    /// <exception cref="FormatException">Something else; the message completes a sentence that begins with the text.</exception>
    public static IPEndPoint Parse(string text)
    {
        if (text.Length > 0 && text.All(char.IsAsciiDigit)) text = $":{text}";
        var colon = text.LastIndexOf(':');
        if (colon < 0) throw new FormatException(Form);
        if (!ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            throw new FormatException(SettingText.Port);

        var host = text[..colon];
        if (host.Length > 1 && host[0] == '[' && host[^1] == ']')
        {
            return IPAddress.TryParse(host.AsSpan(1, host.Length - 2), out var v6) && v6.AddressFamily == AddressFamily.InterNetworkV6
                ? new IPEndPoint(v6, port)
                : throw new FormatException(SettingText.Brackets);
        }

        if (host is "" or "*") return new IPEndPoint(Any, port);
        if (host.Contains(':')) throw new FormatException(SettingText.Ambiguous);
        return new IPEndPoint(IPAddress.TryParse(host, out var address) ? address : LookUp(host), port);
    }

    /// <summary>Every address of the machine: IPv6 and IPv4 in one socket, or IPv4 where the machine has no IPv6.</summary>
    public static IPAddress Any => Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;

    /// <summary>The host as somebody on this machine can type it in a URL: <c>localhost</c> for every address, brackets around IPv6.</summary>
    public static string HostForUrl(IPAddress address) =>
        address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? "localhost"
        : address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]"
        : address.ToString();

    private static IPAddress LookUp(string host)
    {
        try
        {
            // An IPv4 address first: "localhost" then means the same to a client that asks for 127.0.0.1.
            return Dns.GetHostAddresses(host).OrderBy(a => a.AddressFamily == AddressFamily.InterNetwork ? 0 : 1).First();
        }
        catch (Exception error) when (error is SocketException or ArgumentException or InvalidOperationException)
        {
            throw new FormatException(SettingText.UnknownHost, error);
        }
    }
}
