using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>Opens connections for the blocking models.</summary>
internal static class BlockingConnector
{
    private static readonly TimeSpan FullBacklogPause = TimeSpan.FromMilliseconds(10);

    internal static StreamConnection Connect(EndPoint address, Deadline deadline) =>
        address is DnsEndPoint name ? ConnectByName(name, deadline) : ConnectTo(address, deadline);

    private static StreamConnection ConnectByName(DnsEndPoint name, Deadline deadline)
    {
        ConnectionException? last = null;
        foreach (var ip in Resolve(name))
        {
            try
            {
                return ConnectTo(new IPEndPoint(ip, name.Port), deadline);
            }
            catch (ConnectionException e)
            {
                last = e;
            }
        }

        throw last ?? new ConnectionException(ConnectionError.Unreachable, $"Connecting to {name.Host}: the name has no address.");
    }

    private static IPAddress[] Resolve(DnsEndPoint name)
    {
        try
        {
            return Dns.GetHostAddresses(name.Host, name.AddressFamily);
        }
        catch (SocketException e)
        {
            throw ConnectionErrors.FromSocket(e, $"Looking up {name.Host}");
        }
    }

    private static BlockingConnection ConnectTo(EndPoint address, Deadline deadline)
    {
        var tried = $"Connecting to {address}";
        var descriptor = NativeSocket.Create(address.AddressFamily);
        if (descriptor < 0) throw ConnectionErrors.FromErrno(-descriptor, tried);
        var socket = new DescriptorHandle(descriptor);
        try
        {
            var result = NativeSocket.Connect(socket, address);
            while (result == -Errno.EAGAIN) // unix(7): the listener's backlog is full, and nothing tells when it is not
            {
                Wait(socket, PollEvents.None, Deadline.Earlier(deadline, Deadline.After(FullBacklogPause)));
                if (deadline.HasPassed) throw TimedOut(tried);
                result = NativeSocket.Connect(socket, address);
            }

            if (result is -Errno.EINPROGRESS or -Errno.EINTR)
            {
                while (!Wait(socket, PollEvents.Write, deadline))
                {
                    if (deadline.HasPassed) throw TimedOut(tried);
                }

                result = NativeSocket.PendingError(socket);
            }

            if (result < 0) throw ConnectionErrors.FromConnect(-result, tried);
            return new BlockingConnection(socket, address.AddressFamily, NativeAddress.Normalize(address));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool Wait(SafeHandle socket, PollEvents events, Deadline deadline)
    {
        PollEvents ready = default;
        return ThreadWaiter.Current.Poll(new(ref socket), events, deadline.Remaining, new(ref ready));
    }

    private static TimeoutException TimedOut(string tried) => new($"{tried}: the deadline has passed.");
}
