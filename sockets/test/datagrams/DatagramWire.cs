using System.Net;

namespace Argosy.Sockets.Tests;

/// <summary>A transport of datagrams, by a name that a test's output can show.</summary>
public static class DatagramWire
{
    /// <summary>For tests of what differs between transports.</summary>
    public static TheoryData<string> Every => new("udp4", "udp6", "unix");

    /// <summary>For the other tests: IPv4, and with ARGOSY_CHECK=all every transport.</summary>
    public static TheoryData<string> Main => Wire.ChecksAll ? Every : new("udp4");

    public static EndPoint NewAddress(string wire) => wire switch
    {
        "udp4" => new IPEndPoint(IPAddress.Loopback, 0),
        "udp6" => new IPEndPoint(IPAddress.IPv6Loopback, 0),
        _ => Wire.NewAddress(wire),
    };
}
