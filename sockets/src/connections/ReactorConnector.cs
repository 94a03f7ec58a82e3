using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets;

/// <summary>Opens connections for the reactor models. Runs on the loop that the connection will belong to.</summary>
internal static class ReactorConnector
{
    private static readonly TimeSpan FullBacklogPause = TimeSpan.FromMilliseconds(10);

    internal static async ValueTask<StreamConnection> ConnectAsync(EventLoop loop, EndPoint address, Deadline deadline) =>
        address is DnsEndPoint name ? await ConnectByNameAsync(loop, name, deadline) : await ConnectToAsync(loop, address, deadline);

    private static async ValueTask<StreamConnection> ConnectByNameAsync(EventLoop loop, DnsEndPoint name, Deadline deadline)
    {
        ConnectionException? last = null;
        foreach (var ip in await ResolveAsync(name, deadline))
        {
            try
            {
                return await ConnectToAsync(loop, new IPEndPoint(ip, name.Port), deadline);
            }
            catch (ConnectionException e)
            {
                last = e;
            }
        }

        throw last ?? new ConnectionException(ConnectionError.Unreachable, $"Connecting to {name.Host}: the name has no address.");
    }

    private static async ValueTask<IPAddress[]> ResolveAsync(DnsEndPoint name, Deadline deadline)
    {
        var tried = $"Looking up {name.Host}";
        try
        {
            return await Dns.GetHostAddressesAsync(name.Host, name.AddressFamily).WaitAsync(deadline.Remaining);
        }
        catch (SocketException e)
        {
            throw ConnectionErrors.FromSocket(e, tried);
        }
        catch (TimeoutException)
        {
            throw TimedOut(tried);
        }
    }

    private static async ValueTask<StreamConnection> ConnectToAsync(EventLoop loop, EndPoint address, Deadline deadline)
    {
        var tried = $"Connecting to {address}";
        var descriptor = NativeSocket.Create(address.AddressFamily);
        if (descriptor < 0) throw ConnectionErrors.FromErrno(-descriptor, tried);
        var socket = new DescriptorHandle(descriptor);
        var watch = new DescriptorWatch(loop, socket);
        try
        {
            var result = NativeSocket.Connect(socket, address);
            while (result == -Errno.EAGAIN) // unix(7): the listener's backlog is full, and nothing tells when it is not
            {
                await Task.Delay(FullBacklogPause);
                if (deadline.HasPassed) throw TimedOut(tried);
                result = NativeSocket.Connect(socket, address);
            }

            if (result is -Errno.EINPROGRESS or -Errno.EINTR)
            {
                await WaitUntilWritableAsync(watch, deadline, tried);
                result = NativeSocket.PendingError(socket);
            }

            if (result < 0) throw ConnectionErrors.FromConnect(-result, tried);
            return new ReactorConnection(watch, socket, address.AddressFamily, NativeAddress.Normalize(address));
        }
        catch
        {
            watch.Close();
            socket.Dispose();
            throw;
        }
    }

    private static async ValueTask WaitUntilWritableAsync(DescriptorWatch watch, Deadline deadline, string tried)
    {
        watch.Writing.Deadline = deadline;
        while (!NativeSocket.IsReady(watch.Descriptor, PollEvents.Write))
        {
            if (deadline.HasPassed) throw TimedOut(tried);
            await watch.Writing.WaitAsync(heedsDeadline: true, CancellationToken.None);
        }

        watch.Writing.Deadline = Deadline.Never;
    }

    private static TimeoutException TimedOut(string tried) => new($"{tried}: the deadline has passed.");
}
