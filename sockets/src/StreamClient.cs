using System.Net;

namespace Argosy.Sockets;

/// <summary>
/// Opens connections outside a server, for clients: the framings, the challenge and TLS work over them as over accepted ones. In a
/// handler use <see cref="HandlerContext.ConnectAsync"/>, which stays with the handler's model; in callback style <see cref="ProtocolClient"/>.
/// </summary>
public static class StreamClient
{
    /// <summary>Connects to an IP address, a <see cref="DnsEndPoint"/> or a Unix socket's path. The connection is asynchronous and runs on
    /// the thread pool; dispose it to close it.</summary>
    /// <exception cref="ConnectionException">Refused, unreachable, bad address.</exception>
    /// <exception cref="TimeoutException">The deadline has passed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static async ValueTask<IConnection> ConnectAsync(EndPoint address, Deadline deadline, CancellationToken cancellation = default) =>
        await RuntimeConnector.Instance.ConnectAsync(address, deadline, cancellation);
}
