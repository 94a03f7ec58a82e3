using System.Net;
using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>The context of blocking models: every operation has completed when it returns, on the handler's own thread.</summary>
internal sealed class BlockingContext(ServedConnection served) : ServedContext(served)
{
    public override ValueTask<TResult> OffloadAsync<TState, TResult>(Func<TState, TResult> work, TState state) => new(work(state));

    public override ValueTask BulkAsync<TState>(Func<TState, ValueTask> part, TState state) => part(state);

    protected override ValueTask<StreamConnection> OpenAsync(EndPoint address, Deadline deadline, CancellationToken cancellation) =>
        BlockingConnector.Instance.ConnectAsync(address, deadline, cancellation);

    protected override ValueTask<StreamConnection> AcceptAsync(SocketListener listener, Deadline deadline, CancellationToken cancellation)
    {
        while (true)
        {
            ThrowIfDue(listener, cancellation);
            var descriptor = listener.TryAccept(out var peer);
            if (descriptor >= 0) return new(new BlockingConnection(new DescriptorHandle(descriptor), listener.Family, peer));
            if (descriptor != -Errno.EAGAIN)
            {
                if (AcceptRecovery.Meaning(-descriptor) == ConnectionError.Reset) continue; // That one connection was over before we took it.
                throw ConnectionErrors.FromErrno(-descriptor, $"Accepting on {listener.LocalEndPoint}");
            }

            if (deadline.HasPassed) throw TimedOut($"Accepting on {listener.LocalEndPoint}");
            Wait(listener, deadline, cancellation);
        }
    }

    protected override ValueTask<int> WaitAnyAsync(ReadinessSet connections, Deadline deadline, CancellationToken cancellation)
    {
        int index;
        while (!TryFind(connections, deadline, cancellation, out index)) Wait(connections.Connections, deadline, cancellation);
        return new(index);
    }

    private static void Wait(SocketListener listener, Deadline deadline, CancellationToken cancellation)
    {
        var waiter = ThreadWaiter.Current;
        listener.SetWaiter(waiter);
        var registration = WakeWith(cancellation, waiter);
        try
        {
            if (listener.IsDisposed || cancellation.IsCancellationRequested) return;
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
            registration.Dispose();
            listener.SetWaiter(null);
        }
    }

    private static void Wait(StreamConnection[] connections, Deadline deadline, CancellationToken cancellation)
    {
        var waiter = ThreadWaiter.Current;
        var transports = Array.ConvertAll(connections, connection => (BlockingConnection)connection.Transport);
        var entered = 0;
        var registration = WakeWith(cancellation, waiter);
        try
        {
            foreach (var transport in transports)
            {
                transport.EnterReader(waiter);
                entered++;
            }

            if (cancellation.IsCancellationRequested || Array.Exists(transports, transport => transport.IsOver)) return;
            SafeHandle[] sockets = Array.ConvertAll(transports, SafeHandle (transport) => transport.Socket);
            waiter.Poll(sockets, PollEvents.Read, deadline.Remaining, new PollEvents[sockets.Length]);
        }
        catch (ObjectDisposedException)
        {
            // One was aborted meanwhile: it counts as readable now.
        }
        finally
        {
            registration.Dispose();
            foreach (var transport in transports.AsSpan(0, entered)) transport.LeaveReader();
        }
    }

    private static CancellationTokenRegistration WakeWith(CancellationToken cancellation, ThreadWaiter waiter) =>
        cancellation.UnsafeRegister(static waiter => ((ThreadWaiter)waiter!).Wake(), waiter);
}
