using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Sockets;

/// <summary>
/// A connection over a non-blocking descriptor: each operation tries, and waits only when the kernel says "not now". How to
/// wait is the one question a model answers: a blocking one polls and returns when done, a reactor arms its demultiplexer.
/// </summary>
internal abstract class DescriptorConnection : StreamConnection
{
    private const int FileSliceBytes = 1024 * 1024; // per call, so that deadlines and aborts are noticed in between, and others have their turn

    private readonly AddressFamily _family;
    private EndPoint? _local; // asked for by few, so nobody pays for it at accept

    /// <param name="socket">A connected, non-blocking socket; owned from here on.</param>
    /// <param name="family">Its address family.</param>
    /// <param name="peer">Its peer's address.</param>
    protected DescriptorConnection(DescriptorHandle socket, AddressFamily family, EndPoint? peer)
    {
        (Socket, RemoteEndPoint, _family) = (socket, peer, family);
        if (family != AddressFamily.Unix) NativeSocket.DisableDelay(socket);
        else PeerCredentials = NativeSocket.PeerCredentials(socket);
    }

    public sealed override EndPoint? LocalEndPoint => _local ??= AskLocalEndPoint();

    public sealed override EndPoint? RemoteEndPoint { get; }

    public sealed override PeerCredentials? PeerCredentials { get; }

    public sealed override bool IsPlain => true;

    internal DescriptorHandle Socket { get; }

    internal sealed override int Descriptor => (int)Socket.DangerousGetHandle();

    /// <summary>
    /// Waits until the socket is ready for <paramref name="events"/>, has failed, or was aborted; the caller tries again and finds
    /// out. Throws at the direction's deadline and on cancellation.
    /// </summary>
    protected abstract ValueTask WaitAsync(PollEvents events, CancellationToken cancellation);

    /// <summary>False where the model knows that an operation would be told "not now", or wants others to have a turn: wait first.</summary>
    protected virtual bool MayTry(PollEvents events) => true;

    /// <summary>A read took fewer bytes than it had room for: the socket held no more.</summary>
    protected virtual void OnShortRead()
    {
    }

    /// <summary>An operation has moved so many bytes; where it has moved none, what it returned.</summary>
    protected virtual void OnMoved(long count)
    {
    }

    /// <summary>True where the model was told that there is something to read and nobody has tried since: a look costs no call then.</summary>
    protected virtual bool WasToldOfInput() => false;

    [AsyncMethodBuilder(typeof(InlineMethodBuilder<>))]
    public sealed override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default)
    {
        if (!PushedBack.IsEmpty) return PushedBack.Take(buffer.Span);
        while (true)
        {
            ThrowIfDue(ReadDeadline, "read", cancellation);
            var count = buffer.IsEmpty ? TryLook() : TryReceive(buffer.Span);
            if (count >= 0) return count;
            if (count != -Errno.EAGAIN) throw Failure(-count, "Reading from");
            await WaitAsync(PollEvents.Read, cancellation);
        }
    }

    [AsyncMethodBuilder(typeof(InlineMethodBuilder))]
    public sealed override async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation = default)
    {
        ThrowIfWriteCut();
        var rest = data;
        try
        {
            while (!rest.IsEmpty)
            {
                ThrowIfDue(WriteDeadline, "write", cancellation);
                var count = TrySend(rest.Span);
                if (count >= 0) rest = rest[count..];
                else if (count != -Errno.EAGAIN) throw Failure(-count, "Writing to");
                else await WaitAsync(PollEvents.Write, cancellation);
            }
        }
        finally
        {
            IsWriteCut = !rest.IsEmpty && rest.Length < data.Length;
        }
    }

    [AsyncMethodBuilder(typeof(InlineMethodBuilder<>))]
    public sealed override async ValueTask<long> SendFileAsync(
        SafeFileHandle file, long offset, long count, CancellationToken cancellation = default)
    {
        ThrowIfWriteCut();
        long sent = 0;
        while (sent < count)
        {
            ThrowIfDue(WriteDeadline, "write", cancellation);
            var moved = TrySendFile(file, offset + sent, Math.Min(count - sent, FileSliceBytes));
            if (moved > 0) sent += moved;
            else if (moved == 0) break;
            else if (moved == -Errno.EAGAIN) await WaitAsync(PollEvents.Write, cancellation);
            else if (moved is -Errno.EINVAL or -Errno.ENOSYS)
                return sent + await FileCopy.SendAsync(this, file, offset + sent, count - sent, cancellation);
            else throw Failure((int)-moved, "Sending a file to");
        }

        return sent;
    }

    [AsyncMethodBuilder(typeof(InlineMethodBuilder<>))]
    public sealed override async ValueTask<long> ReceiveToFileAsync(
        SafeFileHandle file, long offset, long count, CancellationToken cancellation = default)
    {
        if (count < SplicePipe.WorthwhileBytes || !PushedBack.IsEmpty || SplicePipe.Rent() is not { } pipe)
            return await FileCopy.ReceiveAsync(this, file, offset, count, cancellation);
        long received = 0;
        using (pipe)
        {
            try
            {
                while (received < count)
                {
                    ThrowIfDue(ReadDeadline, "read", cancellation);
                    var taken = TrySplice(pipe, count - received);
                    if (taken == 0) return received;
                    if (taken == -Errno.EAGAIN) await WaitAsync(PollEvents.Read, cancellation);
                    else if (taken == -Errno.EINVAL) break;
                    else if (taken < 0) throw Failure((int)-taken, "Receiving a file from");
                    else if (!MoveToFile(pipe, file, offset, ref received)) break;
                }
            }
            catch (Exception) when (received > 0)
            {
                return received; // as FileCopy.ReceiveAsync does: the next call meets the failure again
            }
        }

        return received == count ? received : await CopyRestAsync(file, offset, received, count, cancellation);
    }

    public sealed override ValueTask ShutdownWriteAsync()
    {
        var result = Guarded(static socket => NativeSocket.ShutdownWrite(socket));
        if (result < 0) throw Failure(-result, "Ending the stream to");
        return ValueTask.CompletedTask;
    }

    public sealed override void Abort()
    {
        if (!TryEnd()) return;
        NativeSocket.ResetOnClose(Socket);
        Close();
    }

    public sealed override ValueTask DisposeAsync()
    {
        if (TryEnd())
        {
            _ = NativeSocket.ShutdownWrite(Socket);
            Close();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Wakes whoever waits on the connection, so that the descriptor, which their calls hold, can close.</summary>
    protected abstract void WakeWaiters();

    protected void ThrowIfDue(Deadline deadline, string operation, CancellationToken cancellation)
    {
        if (HasEnded) throw Failure(Errno.EBADF, $"To {operation} on the connection of");
        cancellation.ThrowIfCancellationRequested();
        if (deadline.HasPassed) throw new TimeoutException($"The {operation} deadline of the connection with {PeerName} has passed.");
    }

    internal override bool IsReadable() => HasBufferedInput || HasEnded || IsInputReady();

    private EndPoint? AskLocalEndPoint()
    {
        try
        {
            return NativeSocket.LocalEndPoint(Socket, _family);
        }
        catch (ObjectDisposedException)
        {
            return null; // asked for the first time after the end
        }
    }

    private bool IsInputReady()
    {
        try
        {
            return NativeSocket.IsReady(Socket, PollEvents.Read);
        }
        catch (ObjectDisposedException)
        {
            return true; // aborted meanwhile; the operation will say so
        }
    }

    private void Close()
    {
        Socket.Dispose();
        WakeWaiters();
    }

    /// <summary>When the file cannot take what the pipe holds, the bytes go back and copying finds out why.</summary>
    private bool MoveToFile(SplicePipe pipe, SafeFileHandle file, long offset, ref long received)
    {
        var moved = pipe.TryEmpty(file, offset + received, out var written);
        received += written;
        if (!moved) Unread(pipe.TakeBack());
        return moved;
    }

    [AsyncMethodBuilder(typeof(InlineMethodBuilder<>))]
    private async ValueTask<long> CopyRestAsync(
        SafeFileHandle file, long offset, long received, long count, CancellationToken cancellation)
    {
        try
        {
            return received + await FileCopy.ReceiveAsync(this, file, offset + received, count - received, cancellation);
        }
        catch (Exception) when (received > 0)
        {
            return received;
        }
    }

    private ConnectionException Failure(int errno, string tried) =>
        ConnectionErrors.FromErrno(HasEnded ? Errno.EBADF : errno, $"{tried} {PeerName}");

    private int Guarded(Func<DescriptorHandle, int> call)
    {
        try
        {
            return call(Socket);
        }
        catch (ObjectDisposedException)
        {
            return -Errno.EBADF; // aborted by another thread between our look and the call
        }
    }

    private int TryLook() => WasToldOfInput() || (MayTry(PollEvents.Read) && IsInputReady()) ? 0 : -Errno.EAGAIN;

    private int TryReceive(Span<byte> buffer)
    {
        if (!MayTry(PollEvents.Read)) return -Errno.EAGAIN;
        try
        {
            var count = NativeSocket.Receive(Socket, buffer);
            OnMoved(count);
            if (count > 0 && count < buffer.Length) OnShortRead();
            return count;
        }
        catch (ObjectDisposedException)
        {
            return -Errno.EBADF;
        }
    }

    private int TrySend(ReadOnlySpan<byte> data)
    {
        if (!MayTry(PollEvents.Write)) return -Errno.EAGAIN;
        try
        {
            var count = NativeSocket.Send(Socket, data);
            OnMoved(count);
            return count;
        }
        catch (ObjectDisposedException)
        {
            return -Errno.EBADF;
        }
    }

    private long TrySendFile(SafeFileHandle file, long offset, long count)
    {
        if (!MayTry(PollEvents.Write)) return -Errno.EAGAIN;
        try
        {
            var sent = NativeSocket.SendFile(Socket, file, offset, count);
            OnMoved(sent);
            return sent;
        }
        catch (ObjectDisposedException) when (HasEnded)
        {
            return -Errno.EBADF;
        }
    }

    private long TrySplice(SplicePipe pipe, long count)
    {
        if (!MayTry(PollEvents.Read)) return -Errno.EAGAIN;
        try
        {
            var taken = pipe.Fill(Socket, count);
            OnMoved(taken);
            return taken;
        }
        catch (ObjectDisposedException)
        {
            return -Errno.EBADF;
        }
    }
}
