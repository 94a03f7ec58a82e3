using System.Net;
using System.Net.Sockets;

namespace Argosy.Sockets;

/// <summary>
/// A connection that is served in another process, as its parent sees it: its addresses, and a way to abort it. The parent keeps a
/// descriptor of it until the worker has closed its own: should the worker die, the peer gets a reset and does not take what it has for all.
/// </summary>
internal sealed class HandedConnection : StreamConnection
{
    private readonly DescriptorHandle? _socket;
    private readonly AddressFamily _family;
    private Worker? _worker;

    internal HandedConnection(DescriptorHandle socket, AddressFamily family, EndPoint? peer)
    {
        (_socket, _family, RemoteEndPoint) = (socket, family, peer);
        LocalEndPoint = NativeSocket.LocalEndPoint(socket, family);
        if (family == AddressFamily.Unix) PeerCredentials = NativeSocket.PeerCredentials(socket);
    }

    /// <summary>One that the worker accepted itself: nothing but its addresses is known here.</summary>
    internal HandedConnection(EndPoint? local, EndPoint? peer) => (LocalEndPoint, RemoteEndPoint) = (local, peer);

    public override EndPoint? LocalEndPoint { get; }

    public override EndPoint? RemoteEndPoint { get; }

    public override PeerCredentials? PeerCredentials { get; }

    public override bool IsPlain => true;

    public override bool HasHungUp => HasEnded || (_socket is not null && HangUp.Of(_socket));

    public override Deadline ReadDeadline { get; set; }

    public override Deadline WriteDeadline { get; set; }

    internal override int Descriptor => (int?)_socket?.DangerousGetHandle() ?? -1;

    /// <summary>True when the peer has ended its side, or reset it, and sent nothing before.</summary>
    internal bool HasPeerLeft()
    {
        try
        {
            var count = NativeSocket.Peek(_socket!);
            return count == 0 || (count < 0 && count != -Errno.EAGAIN);
        }
        catch (ObjectDisposedException)
        {
            return true; // aborted meanwhile
        }
    }

    internal override bool IsReadable() => throw ServedElsewhere();

    /// <summary>Gives it to a worker; false when that has gone.</summary>
    internal bool TryHandTo(Worker worker, bool isOverloaded)
    {
        Volatile.Write(ref _worker, worker);
        var handOver = new HandOver(_family, RemoteEndPoint, isOverloaded);
        if (!worker.Send(WorkerMessageKind.Connection, handOver.Write(), _socket!))
        {
            Volatile.Write(ref _worker, null);
            return false;
        }

        if (HasEnded) worker.Abort(); // aborted between our look and the sending
        return true;
    }

    /// <summary>Lets go of the descriptor: the worker has closed its own, and what it wanted the close to be, it has set.</summary>
    internal void Release() => _socket?.Dispose();

    /// <summary>The worker has died with it.</summary>
    internal void Reset()
    {
        try
        {
            if (_socket is not null) NativeSocket.ResetOnClose(_socket);
        }
        catch (ObjectDisposedException)
        {
            // Released before.
        }

        _socket?.Dispose();
    }

    public override void Abort()
    {
        if (!TryEnd()) return;
        Interlocked.MemoryBarrier(); // whoever hands it over from here on sees the end, or we see the worker
        if (Volatile.Read(ref _worker) is { } worker) worker.Abort();
        else Reset();
    }

    public override ValueTask DisposeAsync()
    {
        if (TryEnd()) Release();
        return ValueTask.CompletedTask;
    }

    internal override ValueTask WaitReadableAsync(CancellationToken cancellation) => throw ServedElsewhere();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default) => throw ServedElsewhere();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation = default) => throw ServedElsewhere();

    public override ValueTask ShutdownWriteAsync() => throw ServedElsewhere();

    private NotSupportedException ServedElsewhere() =>
        new($"The connection with {PeerName} is served in a worker process; here it can only be looked at and aborted.");
}
