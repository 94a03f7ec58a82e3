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
    private int _isPoked;

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
            Wait(PollEvents.Read, ref _reader, Deadline.Never, cancellation);
        }

        return ValueTask.CompletedTask;
    }

    internal override ValueTask WaitForInputAsync()
    {
        if (!HasBufferedInput) Wait(PollEvents.Read, ref _reader, null, CancellationToken.None, ref _isPoked);
        return ValueTask.CompletedTask;
    }

    internal override void Poke()
    {
        Volatile.Write(ref _isPoked, 1);
        Wake(ref _reader);
    }

    /// <summary>Lets an abort wake a thread that waits on several connections, until <see cref="LeaveReader"/>.</summary>
    internal void EnterReader(ThreadWaiter waiter) => Enter(ref _reader, waiter);

    internal void LeaveReader() => Volatile.Write(ref _reader, null);

    protected internal override ValueTask WaitAsync(PollEvents events, CancellationToken cancellation)
    {
        if (events == PollEvents.Read) Wait(events, ref _reader, null, cancellation);
        else Wait(events, ref _writer, null, cancellation);
        return ValueTask.CompletedTask;
    }

    protected override void WakeWaiters()
    {
        Wake(ref _reader);
        Wake(ref _writer);
    }

    private void Wait(PollEvents events, ref ThreadWaiter? slot, Deadline? limit, CancellationToken cancellation)
    {
        var isPoked = 0;
        Wait(events, ref slot, limit, cancellation, ref isPoked);
    }

    /// <summary>One poll. The caller loops and looks at abort, cancellation and the deadline, which may have moved, itself.</summary>
    /// <param name="events">For what.</param>
    /// <param name="slot">Where those who wake look.</param>
    /// <param name="limit">How long; null: until the direction's deadline.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="isPoked">Ends the wait where it is set, and is taken back.</param>
    private void Wait(PollEvents events, ref ThreadWaiter? slot, Deadline? limit, CancellationToken cancellation, ref int isPoked)
    {
        var waiter = ThreadWaiter.Current;
        Enter(ref slot, waiter);
        var registration = cancellation.CanBeCanceled
            ? cancellation.UnsafeRegister(static waiter => ((ThreadWaiter)waiter!).Wake(), waiter)
            : default;
        try
        {
            if (HasEnded || cancellation.IsCancellationRequested || Interlocked.Exchange(ref isPoked, 0) != 0) return;
            PollEvents ready = default;
            SafeHandle descriptor = Socket;
            var deadline = limit ?? (events == PollEvents.Read ? _readDeadline : _writeDeadline);
            TryPoll(waiter, new(ref descriptor), events, deadline.Remaining, new(ref ready));
        }
        finally
        {
            registration.Dispose();
            Volatile.Write(ref slot, null);
            Volatile.Write(ref isPoked, 0); // whoever waited looks now
        }
    }

    /// <summary>
    /// From here on others see the waiter: whoever aborts or moves the deadline now wakes it, or we see the change.
    /// </summary>
    /// <exception cref="InvalidOperationException">Somebody else waits there.</exception>
    private static void Enter(ref ThreadWaiter? slot, ThreadWaiter waiter)
    {
        if (Interlocked.CompareExchange(ref slot, waiter, null) is not null) throw ConnectionErrors.OneAtATime();
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
