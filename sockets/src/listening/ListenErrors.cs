using System.ComponentModel;
using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets;

/// <summary>Why listening failed, and what to do about it.</summary>
internal static class ListenErrors
{
    internal static ConnectionException From(SocketException e, EndPoint address) => From(ConnectionErrors.Meaning(e), address, e);

    internal static ConnectionException From(int errno, EndPoint address) =>
        From(ConnectionErrors.Meaning(errno), address, new Win32Exception(errno));

    private static ConnectionException From(ConnectionError error, EndPoint address, Exception inner) =>
        new(error, $"Cannot listen on {address}: {Advice(error, address) ?? inner.Message + "."}", inner);

    private static string? Advice(ConnectionError error, EndPoint address) => (error, address is UnixDomainSocketEndPoint) switch
    {
        (ConnectionError.AddressInUse, false) =>
            "another program already listens there. Stop it (ss -ltnp shows it) or choose another port; port 0 takes any free one.",
        (ConnectionError.AddressInUse, true) =>
            "another program already listens there, or the path is a file that is no socket. Stop it or choose another path.",
        (ConnectionError.NotPermitted, false) =>
            "not permitted. Ports below 1024 need root or CAP_NET_BIND_SERVICE; choose a higher port otherwise.",
        (ConnectionError.NotPermitted, true) => "not permitted. The folder must be writable for this user.",
        (ConnectionError.BadAddress, false) =>
            "not an address of this machine. 0.0.0.0 or [::] takes them all; 'ip address' shows them.",
        (ConnectionError.BadAddress, true) => "its folder does not exist. Create the folder or choose another path.",
        (ConnectionError.OutOfResources, _) =>
            "no descriptors or memory left. Raise the limit (ulimit -n, LimitNOFILE=).",
        _ => null,
    };
}
