using System.Net;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Sockets;

/// <summary>
/// What the connections of all models share: bytes put back, file transfers by copying, the lingering close, and what
/// waiting on several connections needs to know of each.
/// </summary>
internal abstract class StreamConnection : IConnection
{
    /// <summary>Set once by <see cref="Abort"/> or the close; every later operation fails.</summary>
    private int _ended;

    public abstract EndPoint? LocalEndPoint { get; }

    public abstract EndPoint? RemoteEndPoint { get; }

    public abstract PeerCredentials? PeerCredentials { get; }

    public abstract bool IsPlain { get; }

    public abstract bool HasHungUp { get; }

    public abstract Deadline ReadDeadline { get; set; }

    public abstract Deadline WriteDeadline { get; set; }

    /// <summary>Called once when the connection has ended, so that whoever keeps it for an abort can let it go.</summary>
    internal Action<StreamConnection>? Ended { get; set; }

    /// <summary>The number of its socket in this process; -1 where it is another's.</summary>
    internal abstract int Descriptor { get; }

    /// <summary>The connection that a demultiplexer watches: this one, or the one beneath a TLS layer.</summary>
    internal virtual StreamConnection Transport => this;

    /// <summary>The TLS layer that was put over this connection: closing in good order begins there.</summary>
    internal StreamConnection? Layer { get; set; }

    /// <summary>True once nothing can be read or written any more: it was ended here, or what carries it was.</summary>
    internal virtual bool IsOver => HasEnded;

    /// <summary>False for a layer over a connection of somebody else's making, which can be read and written and no more.</summary>
    internal virtual bool CanTry => true;

    /// <summary>True where others are to have a turn before this one tries again.</summary>
    internal virtual bool IsTurnOver => false;

    /// <summary>True when a read would be answered from memory.</summary>
    internal virtual bool HasBufferedInput => !PushedBack.IsEmpty;

    /// <summary>True when a read would not wait. May ask the system, never waits.</summary>
    internal abstract bool IsReadable();

    /// <summary>Completes when a read would not wait, whatever the read deadline. For models whose handlers do not block.</summary>
    internal abstract ValueTask WaitReadableAsync(CancellationToken cancellation);

    /// <summary>
    /// Takes what has arrived, without waiting and whatever the deadline: a count, 0 at the end, -EAGAIN when nothing has. Only where
    /// <see cref="CanTry"/>.
    /// </summary>
    /// <exception cref="ConnectionException">The connection is broken.</exception>
    internal virtual int TryRead(Memory<byte> buffer) => throw CannotTry();

    /// <summary>
    /// Completes when something may have arrived, at the read deadline, or after <see cref="Poke"/>; whoever asks tries and looks. It throws for none
    /// of these: a thousand connections that are poked at once cost no exception.
    /// </summary>
    internal virtual ValueTask WaitForInputAsync() => throw CannotTry();

    /// <summary>Ends the present <see cref="WaitForInputAsync"/>, or the next. Any thread.</summary>
    internal virtual void Poke() => throw CannotTry();

    protected internal PushBackBuffer PushedBack { get; } = new();

    /// <summary>True after a write that may have sent a part of its bytes: what follows would not be understood.</summary>
    protected bool IsWriteCut { get; set; }

    /// <summary>A part of something longer has gone out and the rest never will: nothing else may follow.</summary>
    internal void CutWrite() => IsWriteCut = true;

    protected internal bool HasEnded => Volatile.Read(ref _ended) != 0;

    public abstract ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default);

    public void Unread(ReadOnlySpan<byte> bytes) => PushedBack.Prepend(bytes);

    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation = default);

    public virtual ValueTask<long> SendFileAsync(
        SafeFileHandle file, long offset, long count, CancellationToken cancellation = default) =>
        FileCopy.SendAsync(this, file, offset, count, cancellation);

    public virtual ValueTask<long> ReceiveToFileAsync(
        SafeFileHandle file, long offset, long count, CancellationToken cancellation = default) =>
        FileCopy.ReceiveAsync(this, file, offset, count, cancellation);

    public abstract ValueTask ShutdownWriteAsync();

    public virtual async ValueTask LingerAsync(TimeSpan limit)
    {
        var deadline = Deadline.After(limit);
        WriteDeadline = Deadline.Earlier(WriteDeadline, deadline);
        ReadDeadline = deadline;
        try
        {
            await ShutdownWriteAsync();
            await DiscardAsync();
        }
        catch (Exception e) when (e is ConnectionException or TimeoutException)
        {
            // The peer broke off or talks on for too long: the courtesy ends here, and the close follows either way.
        }

        await DisposeAsync();
    }

    public abstract void Abort();

    public abstract ValueTask DisposeAsync();

    /// <summary>True for the one caller that may end the connection.</summary>
    protected bool TryEnd()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return false;
        Ended?.Invoke(this);
        return true;
    }

    /// <summary>
    /// What a read looks at before it begins and after each wait. The end counts before the caller's wish, and that before the deadline.
    /// </summary>
    protected internal void ThrowIfReadDue(CancellationToken cancellation)
    {
        if (IsOver) throw ConnectionErrors.Ended($"Reading from {PeerName}");
        cancellation.ThrowIfCancellationRequested();
        if (ReadDeadline.HasPassed) throw new TimeoutException($"The read deadline of the connection with {PeerName} has passed.");
    }

    /// <summary>What a write looks at before it begins and after each wait.</summary>
    /// <inheritdoc cref="ThrowIfReadDue"/>
    protected internal void ThrowIfWriteDue(CancellationToken cancellation)
    {
        if (IsOver) throw ConnectionErrors.Ended($"Writing to {PeerName}");
        if (IsWriteCut) throw WriteCut();
        cancellation.ThrowIfCancellationRequested();
        if (WriteDeadline.HasPassed) throw new TimeoutException($"The write deadline of the connection with {PeerName} has passed.");
    }

    private ConnectionException WriteCut() => new(
        ConnectionError.Failed, $"Writing to {PeerName}: an earlier write was cut short, so nothing more can follow it.");

    private NotSupportedException CannotTry() => new($"A {GetType().Name} can only be read and written.");

    /// <summary>The peer as messages name it.</summary>
    internal string PeerName => RemoteEndPoint?.ToString() ?? "an unnamed peer";

    private async ValueTask DiscardAsync()
    {
        var scratch = FileCopy.Rent();
        try
        {
            while (await ReadAsync(scratch) > 0)
            {
            }
        }
        finally
        {
            FileCopy.Return(scratch);
        }
    }
}
