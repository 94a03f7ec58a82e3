using System.Net;
using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>The context of blocking models: every operation has completed when it returns, on the handler's own thread.</summary>
internal sealed class BlockingContext(ServedConnection served) : ServedContext(served)
{
    public override ValueTask<TResult> OffloadAsync<TState, TResult>(Func<TState, TResult> work, TState state) => new(work(state));

    protected override ValueTask<StreamConnection> OpenAsync(EndPoint address, Deadline deadline) =>
        new(BlockingConnector.Connect(address, deadline));

    protected override ValueTask<StreamConnection> AcceptAsync(SocketListener listener, Deadline deadline)
    {
        while (true)
        {
            var descriptor = listener.TryAccept(out var peer);
            if (descriptor >= 0) return new(new BlockingConnection(new DescriptorHandle(descriptor), listener.Family, peer));
            if (descriptor is not (-Errno.EAGAIN or -Errno.ECONNABORTED))
                throw ConnectionErrors.FromErrno(-descriptor, $"Accepting on {listener.LocalEndPoint}");
            if (deadline.HasPassed) throw TimedOut($"Accepting on {listener.LocalEndPoint}");
            Wait(listener, deadline);
        }
    }

    protected override ValueTask<int> WaitAnyAsync(StreamConnection[] connections, Deadline deadline)
    {
        while (true)
        {
            var index = ReadinessSet.FirstReadable(connections);
            if (index >= 0) return new(index);
            if (deadline.HasPassed) throw TimedOut("Waiting for the first of several connections");
            Wait(connections, deadline);
        }
    }

    private static void Wait(SocketListener listener, Deadline deadline)
    {
        var waiter = ThreadWaiter.Current;
        listener.SetWaiter(waiter);
        try
        {
            if (listener.IsDisposed) return;
            PollEvents ready = default;
            var handle = listener.Handle;
            waiter.Poll(new(ref handle), PollEvents.Read, deadline.Remaining, new(ref ready));
        }
        catch (ObjectDisposedException)
        {
            // Closed meanwhile: the next try says so.
        }
        finally
        {
            listener.SetWaiter(null);
        }
    }

    private static void Wait(StreamConnection[] connections, Deadline deadline)
    {
        var waiter = ThreadWaiter.Current;
        var transports = Array.ConvertAll(connections, connection => (BlockingConnection)connection.Transport);
        foreach (var transport in transports) transport.SetReader(waiter);
        try
        {
            if (Array.Exists(transports, transport => transport.IsOver)) return;
            waiter.Poll(
                Array.ConvertAll(transports, SafeHandle (transport) => transport.Socket), PollEvents.Read, deadline.Remaining,
                stackalloc PollEvents[transports.Length]);
        }
        catch (ObjectDisposedException)
        {
            // One was aborted meanwhile: it counts as readable now.
        }
        finally
        {
            foreach (var transport in transports) transport.SetReader(null);
        }
    }
}
