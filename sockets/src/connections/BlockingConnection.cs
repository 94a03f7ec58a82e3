using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Argosy.Sockets;

/// <summary>The connection of the blocking models: every operation has completed when its call returns.</summary>
internal sealed class BlockingConnection(DescriptorHandle socket, AddressFamily family, EndPoint? peer)
    : DescriptorConnection(socket, family, peer)
{
    private Deadline _readDeadline;
    private Deadline _writeDeadline;
    private ThreadWaiter? _reader;
    private ThreadWaiter? _writer;

    public override Deadline ReadDeadline
    {
        get => _readDeadline;
        set
        {
            _readDeadline = value;
            Wake(ref _reader);
        }
    }

    public override Deadline WriteDeadline
    {
        get => _writeDeadline;
        set
        {
            _writeDeadline = value;
            Wake(ref _writer);
        }
    }

    internal override ValueTask WaitReadableAsync(CancellationToken cancellation)
    {
        while (!IsReadable())
        {
            cancellation.ThrowIfCancellationRequested();
            Wait(PollEvents.Read, ref _reader, heedsDeadline: false, cancellation);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Lets an abort wake a thread that waits on several connections; null when it has stopped waiting.</summary>
    internal void SetReader(ThreadWaiter? waiter)
    {
        Volatile.Write(ref _reader, waiter);
        Interlocked.MemoryBarrier(); // whoever ends the connection from here on sees the waiter, or we see the end
    }

    /// <summary>True once nobody can wait on it: the descriptor is closed or about to be.</summary>
    internal bool IsOver => HasEnded;

    protected override ValueTask WaitAsync(PollEvents events, CancellationToken cancellation)
    {
        if (events == PollEvents.Read) Wait(events, ref _reader, heedsDeadline: true, cancellation);
        else Wait(events, ref _writer, heedsDeadline: true, cancellation);
        return ValueTask.CompletedTask;
    }

    protected override void WakeWaiters()
    {
        Wake(ref _reader);
        Wake(ref _writer);
    }

    /// <summary>One poll. The caller loops and looks at abort, cancellation and the deadline, which may have moved, itself.</summary>
    private void Wait(PollEvents events, ref ThreadWaiter? slot, bool heedsDeadline, CancellationToken cancellation)
    {
        var waiter = ThreadWaiter.Current;
        Volatile.Write(ref slot, waiter);
        Interlocked.MemoryBarrier(); // whoever aborts or moves the deadline now sees the waiter, or we see the change
        var registration = cancellation.CanBeCanceled
            ? cancellation.UnsafeRegister(static waiter => ((ThreadWaiter)waiter!).Wake(), waiter)
            : default;
        try
        {
            if (HasEnded || cancellation.IsCancellationRequested) return;
            PollEvents ready = default;
            SafeHandle descriptor = Socket;
            var deadline = !heedsDeadline ? Deadline.Never : events == PollEvents.Read ? _readDeadline : _writeDeadline;
            TryPoll(waiter, new(ref descriptor), events, deadline.Remaining, new(ref ready));
        }
        finally
        {
            registration.Dispose();
            Volatile.Write(ref slot, null);
        }
    }

    private static bool TryPoll(
        ThreadWaiter waiter, ReadOnlySpan<SafeHandle> descriptor, PollEvents events, TimeSpan limit, Span<PollEvents> ready)
    {
        try
        {
            return waiter.Poll(descriptor, events, limit, ready);
        }
        catch (ObjectDisposedException)
        {
            return true; // aborted meanwhile; the operation will say so
        }
    }

    private static void Wake(ref ThreadWaiter? slot)
    {
        Interlocked.MemoryBarrier();
        Volatile.Read(ref slot)?.Wake();
    }
}
