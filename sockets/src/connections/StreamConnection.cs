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

    /// <summary>True when a read would be answered from memory.</summary>
    internal virtual bool HasBufferedInput => !PushedBack.IsEmpty;

    /// <summary>True when a read would not wait. May ask the system, never waits.</summary>
    internal abstract bool IsReadable();

    /// <summary>Completes when a read would not wait, whatever the read deadline. For models whose handlers do not block.</summary>
    internal abstract ValueTask WaitReadableAsync(CancellationToken cancellation);

    protected PushBackBuffer PushedBack { get; } = new();

    /// <summary>True after a write that may have sent a part of its bytes: what follows would not be understood.</summary>
    protected bool IsWriteCut { get; set; }

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

    protected void ThrowIfWriteCut()
    {
        if (!IsWriteCut) return;
        throw new ConnectionException(
            ConnectionError.Failed, $"Writing to {PeerName}: an earlier write was cut short, so nothing more can follow it.");
    }

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
