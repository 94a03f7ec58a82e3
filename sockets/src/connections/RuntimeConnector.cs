using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets;

/// <summary>Opens connections by the runtime's asynchronous sockets.</summary>
internal sealed class RuntimeConnector : Connector
{
    internal static readonly RuntimeConnector Instance = new();

    /// <summary>Completes with the task, however that ends, at the deadline, or with the cancellation.</summary>
    internal static async ValueTask WaitForEitherAsync(Task task, Deadline deadline, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(task, Task.Delay(deadline.MillisecondsLeft, over.Token));
        await over.CancelAsync();
    }

    protected override async ValueTask<StreamConnection> OpenAsync(EndPoint address, Deadline deadline, CancellationToken cancellation)
    {
        using var guard = new OperationGuard { Deadline = deadline };
        while (true)
        {
            ThrowIfDue(address, deadline, cancellation);
            var socket = NewSocket(address);
            try
            {
                await socket.ConnectAsync(address, guard.Begin(cancellation));
                return new RuntimeConnection(socket);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
            {
                socket.Dispose();
                await Task.Delay(FullBacklogPause, cancellation); // the backlog of a Unix listener is full
            }
            catch (SocketException e)
            {
                socket.Dispose();
                throw ConnectionErrors.FromConnect(e, Tried(address), address);
            }
            catch (OperationCanceledException)
            {
                socket.Dispose(); // whose wish it was is looked at above
            }
            finally
            {
                guard.End();
            }
        }
    }

    protected override ValueTask WaitForAsync(Task lookUp, Deadline deadline, CancellationToken cancellation) =>
        WaitForEitherAsync(lookUp, deadline, cancellation);

    private static Socket NewSocket(EndPoint address)
    {
        try
        {
            return address is UnixDomainSocketEndPoint
                ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
                : new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        }
        catch (SocketException e)
        {
            throw ConnectionErrors.FromSocket(e, Tried(address));
        }
    }
}
