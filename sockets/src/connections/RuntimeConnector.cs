using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets;

/// <summary>Opens connections by the runtime's asynchronous sockets.</summary>
internal static class RuntimeConnector
{
    private static readonly TimeSpan FullBacklogPause = TimeSpan.FromMilliseconds(10);

    internal static async ValueTask<RuntimeConnection> ConnectAsync(EndPoint address, Deadline deadline)
    {
        using var timer = deadline.IsNever ? new CancellationTokenSource() : new CancellationTokenSource(deadline.Remaining);
        while (true)
        {
            var socket = NewSocket(address);
            try
            {
                await socket.ConnectAsync(address, timer.Token);
                return new RuntimeConnection(socket);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
            {
                // unix(7): the listener's backlog is full, and nothing tells when it is not.
                socket.Dispose();
                if (deadline.HasPassed) throw TimedOut(address);
                await Task.Delay(FullBacklogPause);
            }
            catch (SocketException e)
            {
                socket.Dispose();
                throw ConnectionErrors.FromConnect(e, address);
            }
            catch (OperationCanceledException)
            {
                socket.Dispose();
                throw TimedOut(address);
            }
        }
    }

    private static Socket NewSocket(EndPoint address)
    {
        try
        {
            return address switch
            {
                UnixDomainSocketEndPoint => new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
                IPEndPoint ip => new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp),
                _ => new Socket(SocketType.Stream, ProtocolType.Tcp), // a name: either family
            };
        }
        catch (SocketException e)
        {
            throw ConnectionErrors.FromSocket(e, $"Connecting to {address}");
        }
    }

    private static TimeoutException TimedOut(EndPoint address) => new($"Connecting to {address}: the deadline has passed.");
}
