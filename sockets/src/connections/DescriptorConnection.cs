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
    private PeerCredentials? _credentials;

    /// <param name="socket">A non-blocking socket, connected or about to be (<see cref="OnConnected"/>); owned from here on.</param>
    /// <param name="family">Its address family.</param>
    /// <param name="peer">Its peer's address.</param>
    protected DescriptorConnection(DescriptorHandle socket, AddressFamily family, EndPoint? peer)
    {
        (Socket, RemoteEndPoint, _family) = (socket, peer, family);
        OnConnected();
    }

    public sealed override EndPoint? LocalEndPoint => _local ??= AskLocalEndPoint();

    public sealed override EndPoint? RemoteEndPoint { get; }

    public sealed override PeerCredentials? PeerCredentials => _credentials;

    public sealed override bool IsPlain => true;

    public sealed override bool HasHungUp => HasEnded || HangUp.Of(Socket);

    internal DescriptorHandle Socket { get; }

    internal sealed override int Descriptor => (int)Socket.DangerousGetHandle();

    /// <summary>
    /// Waits until the socket is ready for <paramref name="events"/>, has failed, or was aborted; the caller tries again and finds
    /// out. Throws at the direction's deadline and on cancellation.
    /// </summary>
    protected internal abstract ValueTask WaitAsync(PollEvents events, CancellationToken cancellation);

    /// <summary>Waits until there is room to write, which is also how a connect under way ends; for as long as a write would.</summary>
    internal ValueTask WaitForRoomAsync(CancellationToken cancellation) => WaitAsync(PollEvents.Write, cancellation);

    /// <summary>Learns what only a connected socket knows. One that is accepted is connected from the beginning.</summary>
    internal void OnConnected()
    {
        if (_family != AddressFamily.Unix) NativeSocket.DisableDelay(Socket);
        else _credentials = NativeSocket.PeerCredentials(Socket);
    }

    /// <summary>False where the model knows that an operation would be told "not now", or wants others to have a turn: wait first.</summary>
    protected virtual bool MayTry(PollEvents events) => true;

    /// <summary>As <see cref="MayTry"/> for a read that is not put off where others want a turn: who asks sees to that himself.</summary>
    protected virtual bool MayTryNow() => true;

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
        while (true)
        {
            ThrowIfReadDue(cancellation);
            if (!PushedBack.IsEmpty) return PushedBack.Take(buffer.Span);
            var count = buffer.IsEmpty ? TryLook() : TryReceive(buffer.Span);
            if (count >= 0) return count;
            if (count != -Errno.EAGAIN) throw Failure(-count, "Reading from");
            await WaitAsync(PollEvents.Read, cancellation);
        }
    }

    internal sealed override int TryRead(Memory<byte> buffer)
    {
        if (!PushedBack.IsEmpty) return PushedBack.Take(buffer.Span);
        var count = TryReceiveNow(buffer.Span);
        return count is >= 0 or -Errno.EAGAIN ? count : throw Failure(-count, "Reading from");
    }

    [AsyncMethodBuilder(typeof(InlineMethodBuilder))]
    public sealed override async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation = default)
    {
        ThrowIfWriteDue(cancellation);
        var rest = data;
        try
        {
            while (!rest.IsEmpty)
            {
                var count = TrySend(rest.Span);
                if (count >= 0) rest = rest[count..];
                else if (count != -Errno.EAGAIN) throw Failure(-count, "Writing to");
                else await WaitAsync(PollEvents.Write, cancellation);
                if (!rest.IsEmpty) ThrowIfWriteDue(cancellation);
            }
        }
        finally
        {
            if (!rest.IsEmpty && rest.Length < data.Length) CutWrite();
        }
    }

    [AsyncMethodBuilder(typeof(InlineMethodBuilder<>))]
    public sealed override async ValueTask<long> SendFileAsync(
        SafeFileHandle file, long offset, long count, CancellationToken cancellation = default)
    {
        ThrowIfWriteDue(cancellation);
        long sent = 0;
        try
        {
            while (sent < count)
            {
                var moved = TrySendFile(file, offset + sent, Math.Min(count - sent, FileSliceBytes));
                if (moved > 0) sent += moved;
                else if (moved == 0) break;
                else if (moved == -Errno.EAGAIN) await WaitAsync(PollEvents.Write, cancellation);
                else if (IsForCopying(moved)) return sent + await FileCopy.SendAsync(this, file, offset + sent, count - sent, cancellation);
                else throw Failure((int)-moved, "Sending a file to");
                if (sent < count) ThrowIfWriteDue(cancellation);
            }

            return sent;
        }
        catch when (sent > 0)
        {
            CutWrite();
            throw;
        }
    }

    [AsyncMethodBuilder(typeof(InlineMethodBuilder<>))]
    public sealed override async ValueTask<long> ReceiveToFileAsync(
        SafeFileHandle file, long offset, long count, CancellationToken cancellation = default)
    {
        long received = 0;
        try
        {
            while (count >= SplicePipe.WorthwhileBytes)
            {
                ThrowIfReadDue(cancellation);
                if (!PushedBack.IsEmpty || SplicePipe.Rent() is not { } pipe) break;
                Spliced end;
                using (pipe) end = SpliceOn(pipe, file, offset, count, ref received, cancellation);
                if (end == Spliced.All) return received;
                if (end == Spliced.Refused) break;
                await WaitAsync(PollEvents.Read, cancellation); // without the pipe: a slow peer holds no descriptors but its own
            }

            return received + await FileCopy.ReceiveAsync(this, file, offset + received, count - received, cancellation);
        }
        catch (Exception) when (received > 0)
        {
            return received; // as FileCopy.ReceiveAsync does: the next call meets the failure again
        }
    }

    public sealed override ValueTask ShutdownWriteAsync()
    {
        var result = HasEnded ? -Errno.EBADF : Guarded(static socket => NativeSocket.ShutdownWrite(socket));
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

    /// <summary>Splices as long as there is something to take. The pipe is empty afterwards.</summary>
    private Spliced SpliceOn(SplicePipe pipe, SafeFileHandle file, long offset, long count, ref long received, CancellationToken cancellation)
    {
        while (received < count)
        {
            var taken = TrySplice(pipe, count - received);
            if (taken == 0) return Spliced.All;
            if (taken == -Errno.EAGAIN) return Spliced.Dry;
            if (taken == -Errno.EINVAL) return Spliced.Refused;
            if (taken < 0) throw Failure((int)-taken, "Receiving a file from");
            if (!MoveToFile(pipe, file, offset, ref received)) return Spliced.Refused;
            if (received < count) ThrowIfReadDue(cancellation);
        }

        return Spliced.All;
    }

    /// <summary>When the file cannot take what the pipe holds, the bytes go back and copying finds out why.</summary>
    private bool MoveToFile(SplicePipe pipe, SafeFileHandle file, long offset, ref long received)
    {
        var moved = pipe.TryEmpty(file, offset + received, out var written);
        received += written;
        if (!moved) Unread(pipe.TakeBack());
        return moved;
    }

    /// <summary>The file is none that sendfile(2) takes, or cannot be read (EBADF, where our socket is open): copying works, or says why not.</summary>
    private bool IsForCopying(long error) => error is -Errno.EINVAL or -Errno.ENOSYS || (error == -Errno.EBADF && !HasEnded);

    internal ConnectionException Failure(int errno, string tried) =>
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

    /// <summary>True where it becomes ready within the blink of an eye, or has ended.</summary>
    protected bool BecomesReady(PollEvents events)
    {
        try
        {
            return NativeSocket.IsReady(Socket, events, BulkPart.BlinkMilliseconds);
        }
        catch (ObjectDisposedException)
        {
            return true; // aborted meanwhile; the operation will say so
        }
    }

    private int TryLook() => WasToldOfInput() || (MayTry(PollEvents.Read) && IsInputReady()) ? 0 : -Errno.EAGAIN;

    internal int TryReceive(Span<byte> buffer) => MayTry(PollEvents.Read) ? Receive(buffer) : -Errno.EAGAIN;

    internal int TryReceiveNow(Span<byte> buffer) => MayTryNow() ? Receive(buffer) : -Errno.EAGAIN;

    private int Receive(Span<byte> buffer)
    {
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

    internal int TrySend(ReadOnlySpan<byte> data)
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

/// <summary>Why a transfer through a pipe stopped.</summary>
internal enum Spliced
{
    /// <summary>All is received, or the peer has finished.</summary>
    All,

    /// <summary>Nothing more has arrived yet.</summary>
    Dry,

    /// <summary>Not from this socket, or not to this file: copying works, or finds out why.</summary>
    Refused,
}
