using System.Net;

namespace Argosy.Sockets;

/// <summary>The context of the reactor models: every operation is waited for by the handler's loop, and resumes there.</summary>
internal sealed class ReactorContext(ServedConnection served, EventLoop loop) : ServedContext(served)
{
    public override ValueTask<TResult> OffloadAsync<TState, TResult>(Func<TState, TResult> work, TState state) =>
        BulkPart.Current is null ? DiskPool.Shared.RunAsync(work, state) : new(work(state));

    public override async ValueTask BulkAsync<TState>(Func<TState, ValueTask> part, TState state)
    {
        if (BulkPart.Current is not null)
        {
            await part(state);
            return;
        }

        await loop.EnterAsync();
        var watch = ((ReactorConnection)Accepted).Watch;
        watch.LendOut();
        try
        {
            await BulkLanes.Shared.RunAsync(part, state);
        }
        finally
        {
            await loop.EnterAsync();
            watch.TakeBack();
        }
    }

    protected override async ValueTask<StreamConnection> OpenAsync(EndPoint address, Deadline deadline, CancellationToken cancellation)
    {
        await loop.EnterAsync();
        return await new ReactorConnector(loop).ConnectAsync(address, deadline, cancellation);
    }

    protected override async ValueTask<StreamConnection> AcceptAsync(SocketListener listener, Deadline deadline, CancellationToken cancellation)
    {
        await loop.EnterAsync();
        while (true)
        {
            ThrowIfDue(listener, cancellation);
            var watch = listener.WatchOn(loop);
            var descriptor = listener.TryAccept(out var peer);
            if (descriptor >= 0) return ReactorAcceptor.Connect(loop, descriptor, listener.Family, peer);
            if (descriptor != -Errno.EAGAIN)
            {
                if (AcceptRecovery.Meaning(-descriptor) == ConnectionError.Reset) continue; // That one connection was over before we took it.
                throw ConnectionErrors.FromErrno(-descriptor, $"Accepting on {listener.LocalEndPoint}");
            }

            if (deadline.HasPassed) throw TimedOut($"Accepting on {listener.LocalEndPoint}");
            watch.Reading.Deadline = deadline;
            await watch.Reading.WaitAsync(heedsDeadline: true, cancellation);
        }
    }

    protected override async ValueTask<int> WaitAnyAsync(ReadinessSet connections, Deadline deadline, CancellationToken cancellation)
    {
        await loop.EnterAsync();
        if (!loop.TrySpend()) await Task.Yield();
        int index;
        while (!TryFind(connections, deadline, cancellation, out index))
        {
            var wait = new FirstOfWait(loop, Array.ConvertAll(connections.Connections, WatchOf));
            using (cancellation.UnsafeRegister(static wait => ((FirstOfWait)wait!).WakeFromAfar(), wait)) await wait.WaitAsync(deadline);
        }

        return index;
    }

    private DescriptorWatch WatchOf(StreamConnection connection) =>
        connection.Transport is ReactorConnection { Watch: var watch } && watch.Loop == loop
            ? watch
            : throw new NotSupportedException("Only connections of the same handler can be waited on together; this one lives on another loop.");
}
