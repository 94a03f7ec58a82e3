using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets;

/// <summary>Opens connections over non-blocking descriptors: the connection waits for its own socket as it does later for room to write.</summary>
internal abstract class DescriptorConnector : Connector
{
    /// <summary>The model's connection over a socket that is not connected yet; it owns the socket from here on.</summary>
    protected abstract DescriptorConnection Make(DescriptorHandle socket, AddressFamily family, EndPoint? peer);

    protected abstract ValueTask PauseAsync(TimeSpan pause, CancellationToken cancellation);

    protected sealed override async ValueTask<StreamConnection> OpenAsync(EndPoint address, Deadline deadline, CancellationToken cancellation)
    {
        var descriptor = NativeSocket.Create(address.AddressFamily);
        if (descriptor < 0) throw ConnectionErrors.FromErrno(-descriptor, Tried(address));
        var connection = Make(new DescriptorHandle(descriptor), address.AddressFamily, NativeAddress.Normalize(address));
        try
        {
            var result = NativeSocket.Connect(connection.Socket, address);
            while (result == -Errno.EAGAIN) // the backlog of a Unix listener is full
            {
                await PauseAsync(FullBacklogPause, cancellation);
                ThrowIfDue(address, deadline, cancellation);
                result = NativeSocket.Connect(connection.Socket, address);
            }

            if (result is -Errno.EINPROGRESS or -Errno.EINTR)
            {
                connection.WriteDeadline = deadline;
                while (!NativeSocket.IsReady(connection.Socket, PollEvents.Write))
                {
                    ThrowIfDue(address, deadline, cancellation);
                    await connection.WaitForRoomAsync(cancellation);
                }

                result = NativeSocket.PendingError(connection.Socket);
                connection.WriteDeadline = Deadline.Never;
            }

            if (result < 0) throw ConnectionErrors.FromConnect(-result, Tried(address));
            connection.OnConnected();
            return connection;
        }
        catch
        {
            connection.Abort();
            throw;
        }
    }
}
