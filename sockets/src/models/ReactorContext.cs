using System.Net;

namespace Argosy.Sockets;

/// <summary>The context of the reactor models: every operation is waited for by the handler's loop, and resumes there.</summary>
internal sealed class ReactorContext(ServedConnection served, EventLoop loop) : ServedContext(served)
{
    public override ValueTask<TResult> OffloadAsync<TState, TResult>(Func<TState, TResult> work, TState state) =>
        DiskPool.Shared.RunAsync(work, state);

    protected override async ValueTask<StreamConnection> OpenAsync(EndPoint address, Deadline deadline)
    {
        await loop.EnterAsync();
        return await ReactorConnector.ConnectAsync(loop, address, deadline);
    }

    protected override async ValueTask<StreamConnection> AcceptAsync(SocketListener listener, Deadline deadline)
    {
        await loop.EnterAsync();
        while (true)
        {
            var watch = listener.WatchOn(loop);
            var descriptor = listener.TryAccept(out var peer);
            if (descriptor >= 0) return ReactorAcceptor.Connect(loop, descriptor, listener.Family, peer);
            if (descriptor is not (-Errno.EAGAIN or -Errno.ECONNABORTED))
                throw ConnectionErrors.FromErrno(-descriptor, $"Accepting on {listener.LocalEndPoint}");
            if (deadline.HasPassed) throw TimedOut($"Accepting on {listener.LocalEndPoint}");
            watch.Reading.Deadline = deadline;
            await watch.Reading.WaitAsync(heedsDeadline: true, CancellationToken.None);
        }
    }

    protected override async ValueTask<int> WaitAnyAsync(StreamConnection[] connections, Deadline deadline)
    {
        await loop.EnterAsync();
        if (!loop.TrySpend()) await Task.Yield();
        while (true)
        {
            var index = ReadinessSet.FirstReadable(connections);
            if (index >= 0) return index;
            if (deadline.HasPassed) throw TimedOut("Waiting for the first of several connections");
            await new FirstOfWait(loop, Array.ConvertAll(connections, WatchOf)).WaitAsync(deadline);
        }
    }

    private DescriptorWatch WatchOf(StreamConnection connection) =>
        connection.Transport is ReactorConnection { Watch: var watch } && watch.Loop == loop
            ? watch
            : throw new NotSupportedException("Only connections of the same handler can be waited on together; this one lives on another loop.");
}
