using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Sockets;

/// <summary>The connection of the <c>async</c> model: the runtime's own asynchronous socket, on every system.</summary>
internal sealed class RuntimeConnection : StreamConnection
{
    private const int FileSliceBytes = 4 * 1024 * 1024;

    private readonly Socket _socket;
    private readonly OperationGuard _reading = new();
    private OperationGuard? _writing; // made when a write first has to wait, or gets a deadline: most never do
    private EndPoint? _local; // asked for by few

    /// <param name="socket">A connected socket; owned from here on.</param>
    internal RuntimeConnection(Socket socket)
    {
        _socket = socket;
        try
        {
            RemoteEndPoint = NativeAddress.Normalize(socket.RemoteEndPoint);
            if (socket.AddressFamily != AddressFamily.Unix) socket.NoDelay = true;
            else PeerCredentials = NativeSocket.PeerCredentials(socket.SafeHandle);
            socket.Blocking = false; // the kernel's file calls, made directly, must not block either
        }
        catch (SocketException)
        {
            // The peer has already gone; the first operation will report it.
        }
    }

    public override EndPoint? LocalEndPoint => _local ??= AskLocalEndPoint();

    public override EndPoint? RemoteEndPoint { get; }

    public override PeerCredentials? PeerCredentials { get; }

    internal override int Descriptor => (int)_socket.SafeHandle.DangerousGetHandle();

    public override bool IsPlain => true;

    public override bool HasHungUp => HasEnded || (OperatingSystem.IsLinux() && HangUp.Of(_socket.SafeHandle));

    public override Deadline ReadDeadline
    {
        get => _reading.Deadline;
        set => _reading.Deadline = value;
    }

    public override Deadline WriteDeadline
    {
        get => Volatile.Read(ref _writing)?.Deadline ?? Deadline.Never;
        set => Writing.Deadline = value;
    }

    // Deadlines may be set by any thread: whoever is first decides.
    private OperationGuard Writing =>
        Volatile.Read(ref _writing) ?? (Interlocked.CompareExchange(ref _writing, new OperationGuard(), null) ?? _writing);

    internal override bool IsReadable()
    {
        if (HasBufferedInput || HasEnded) return true;
        try
        {
            return _socket.Poll(0, SelectMode.SelectRead);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }

    internal override async ValueTask WaitReadableAsync(CancellationToken cancellation)
    {
        if (HasBufferedInput) return;
        try
        {
            await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, cancellation);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Broken: the next read reports it without waiting.
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default)
    {
        if (!PushedBack.IsEmpty) return PushedBack.Take(buffer.Span);
        while (true)
        {
            ThrowIfDue(ReadDeadline, "read", cancellation);
            try
            {
                return await _socket.ReceiveAsync(buffer, SocketFlags.None, _reading.Begin(cancellation));
            }
            catch (Exception e) when (IsFailure(e))
            {
                throw Failure(e, "Reading from");
            }
            catch (OperationCanceledException)
            {
                // Look above whose wish it was; a cancelled receive has taken nothing.
            }
            finally
            {
                _reading.End();
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation = default)
    {
        ThrowIfWriteCut();
        ThrowIfDue(WriteDeadline, "write", cancellation);
        if (!data.IsEmpty) data = data[SendNow(data.Span)..];
        while (!data.IsEmpty)
        {
            try
            {
                data = data[await _socket.SendAsync(data, SocketFlags.None, Writing.Begin(cancellation))..];
            }
            catch (Exception e) when (IsFailure(e))
            {
                throw Failure(e, "Writing to");
            }
            catch (OperationCanceledException)
            {
                IsWriteCut = true; // the runtime does not say how much went out before
                ThrowIfDue(WriteDeadline, "write", cancellation);
                throw;
            }
            finally
            {
                Writing.End();
            }
        }
    }

    public override async ValueTask<long> SendFileAsync(
        SafeFileHandle file, long offset, long count, CancellationToken cancellation = default)
    {
        if (!OperatingSystem.IsLinux()) return await FileCopy.SendAsync(this, file, offset, count, cancellation);
        ThrowIfWriteCut();
        long sent = 0;
        byte[]? chunk = null;
        try
        {
            while (sent < count)
            {
                ThrowIfDue(WriteDeadline, "write", cancellation);
                var moved = TrySendFile(file, offset + sent, Math.Min(count - sent, FileSliceBytes));
                if (moved == -Errno.EAGAIN)
                {
                    // The runtime offers no wait for room, so one chunk goes the asynchronous way, which waits.
                    chunk ??= FileCopy.Rent();
                    moved = await FileCopy.SendChunkAsync(this, file, offset + sent, count - sent, chunk, cancellation);
                }

                if (moved == 0) break;
                if (moved is -Errno.EINVAL or -Errno.ENOSYS)
                    return sent + await FileCopy.SendAsync(this, file, offset + sent, count - sent, cancellation);
                if (moved < 0) throw ConnectionErrors.FromErrno((int)-moved, $"Sending a file to {PeerName}");
                sent += moved;
            }
        }
        finally
        {
            if (chunk is not null) FileCopy.Return(chunk);
        }

        return sent;
    }

    public override async ValueTask<long> ReceiveToFileAsync(
        SafeFileHandle file, long offset, long count, CancellationToken cancellation = default)
    {
        long received = 0;
        if (OperatingSystem.IsLinux() && count >= SplicePipe.WorthwhileBytes && PushedBack.IsEmpty && SplicePipe.Rent() is { } pipe)
        {
            using (pipe) received = await SpliceAsync(pipe, file, offset, count, cancellation);
        }

        // What splicing left: nothing, a refusing file, the end of the stream, or a failure that shows again here.
        if (received == count) return received;
        try
        {
            return received + await FileCopy.ReceiveAsync(this, file, offset + received, count - received, cancellation);
        }
        catch (Exception) when (received > 0)
        {
            return received;
        }
    }

    public override ValueTask ShutdownWriteAsync()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (IsFailure(e))
        {
            throw Failure(e, "Ending the stream to");
        }

        return ValueTask.CompletedTask;
    }

    public override void Abort()
    {
        if (!TryEnd()) return;
        try
        {
            _socket.LingerState = new LingerOption(true, 0); // close sends a reset
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Already disconnected: there is nobody left to reset.
        }

        Close();
    }

    public override ValueTask DisposeAsync()
    {
        if (!TryEnd()) return ValueTask.CompletedTask;
        try
        {
            _socket.Shutdown(SocketShutdown.Send); // first, so that a close with a read pending is no reset
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer was faster.
        }

        Close();
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// What the socket takes at once. Nearly every write ends here: the machinery of an asynchronous send, and its memory, are for
    /// those that have to wait.
    /// </summary>
    private int SendNow(ReadOnlySpan<byte> data)
    {
        try
        {
            var sent = _socket.Send(data, SocketFlags.None, out var error);
            return error is SocketError.Success or SocketError.WouldBlock ? sent : throw new SocketException((int)error);
        }
        catch (Exception e) when (IsFailure(e))
        {
            throw Failure(e, "Writing to");
        }
    }

    private EndPoint? AskLocalEndPoint()
    {
        try
        {
            return NativeAddress.Normalize(_socket.LocalEndPoint);
        }
        catch (Exception e) when (IsFailure(e))
        {
            return null; // asked for the first time after the end
        }
    }

    private void Close()
    {
        _socket.Dispose();
        _reading.Dispose();
        Volatile.Read(ref _writing)?.Dispose();
    }

    /// <summary>Splices until done, or until copying should take over, which meets and explains whatever is in the way.</summary>
    private async ValueTask<long> SpliceAsync(
        SplicePipe pipe, SafeFileHandle file, long offset, long count, CancellationToken cancellation)
    {
        long received = 0;
        while (received < count && !HasEnded && !cancellation.IsCancellationRequested && !_reading.Deadline.HasPassed)
        {
            var taken = TrySplice(pipe, count - received);
            if (taken == -Errno.EAGAIN)
            {
                if (!await TryWaitForInputAsync(cancellation)) break;
                continue;
            }

            if (taken <= 0) break;
            var moved = pipe.TryEmpty(file, offset + received, out var written);
            received += written;
            if (moved) continue;
            Unread(pipe.TakeBack());
            break;
        }

        return received;
    }

    private async ValueTask<bool> TryWaitForInputAsync(CancellationToken cancellation)
    {
        try
        {
            await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, _reading.Begin(cancellation));
            return true;
        }
        catch (Exception e) when (e is OperationCanceledException || IsFailure(e))
        {
            return false;
        }
        finally
        {
            _reading.End();
        }
    }

    private long TrySendFile(SafeFileHandle file, long offset, long count)
    {
        try
        {
            return NativeSocket.SendFile(_socket.SafeHandle, file, offset, count);
        }
        catch (ObjectDisposedException) when (HasEnded)
        {
            return -Errno.EBADF;
        }
    }

    private long TrySplice(SplicePipe pipe, long count)
    {
        try
        {
            return pipe.Fill(_socket.SafeHandle, count);
        }
        catch (ObjectDisposedException)
        {
            return -Errno.EBADF;
        }
    }

    private void ThrowIfDue(Deadline deadline, string operation, CancellationToken cancellation)
    {
        if (HasEnded) throw ConnectionErrors.FromErrno(Errno.EBADF, $"To {operation} on the connection of {PeerName}");
        cancellation.ThrowIfCancellationRequested();
        if (deadline.HasPassed)
            throw new TimeoutException($"The {operation} deadline of the connection with {PeerName} has passed.");
    }

    private static bool IsFailure(Exception e) => e is SocketException or ObjectDisposedException;

    private ConnectionException Failure(Exception e, string tried) =>
        e is SocketException socket && !HasEnded
            ? ConnectionErrors.FromSocket(socket, $"{tried} {PeerName}")
            : ConnectionErrors.FromErrno(Errno.EBADF, $"{tried} {PeerName}");
}
