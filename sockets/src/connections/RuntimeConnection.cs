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
    private SemaphoreSlim? _news; // of input or of a poke; made for those who wait for either
    private bool _isLooking;

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

    /// <summary>
    /// The look at the socket stays under way when a poke or a deadline ends the wait, and serves the next: cancelling it would cost exceptions.
    /// </summary>
    internal override async ValueTask WaitForInputAsync()
    {
        if (HasBufferedInput || HasEnded) return;
        if (!Volatile.Read(ref _isLooking))
        {
            Volatile.Write(ref _isLooking, true);
            _ = LookAsync();
        }

        await News.WaitAsync(ReadDeadline.MillisecondsLeft);
    }

    internal override void Poke() => News.Release();

    internal override int TryRead(Memory<byte> buffer)
    {
        if (!PushedBack.IsEmpty) return PushedBack.Take(buffer.Span);
        if (HasEnded) throw ConnectionErrors.Ended($"Reading from {PeerName}");
        try
        {
            var count = _socket.Receive(buffer.Span, SocketFlags.None, out var error);
            return error == SocketError.Success ? count
                : error == SocketError.WouldBlock ? -Errno.EAGAIN
                : throw new SocketException((int)error);
        }
        catch (Exception e) when (IsFailure(e))
        {
            throw Failure(e, "Reading from");
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default)
    {
        while (true)
        {
            ThrowIfReadDue(cancellation);
            if (!PushedBack.IsEmpty) return PushedBack.Take(buffer.Span);
            if (BulkPart.Current is { } part && !buffer.IsEmpty)
            {
                if (part.IsTurnOver) await BulkPart.YieldAsync();
                if (TryReadOn(part, buffer) is >= 0 and var count) return count;
            }

            var either = _reading.Begin(cancellation);
            try
            {
                return await _socket.ReceiveAsync(buffer, SocketFlags.None, either);
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
        ThrowIfWriteDue(cancellation);
        var rest = data;
        try
        {
            while (!rest.IsEmpty)
            {
                if (BulkPart.Current is { IsTurnOver: true }) await BulkPart.YieldAsync();
                var sent = BulkPart.Current is { } part ? TrySendOn(part, rest.Span) : SendNow(rest.Span);
                rest = rest[(sent > 0 ? sent : await SendOneAsync(rest[..1], cancellation))..];
                if (!rest.IsEmpty) ThrowIfWriteDue(cancellation);
            }
        }
        finally
        {
            if (!rest.IsEmpty && rest.Length < data.Length) CutWrite();
        }
    }

    public override async ValueTask<long> SendFileAsync(
        SafeFileHandle file, long offset, long count, CancellationToken cancellation = default)
    {
        if (!OperatingSystem.IsLinux()) return await FileCopy.SendAsync(this, file, offset, count, cancellation);
        ThrowIfWriteDue(cancellation);
        long sent = 0;
        byte[]? one = null;
        try
        {
            while (sent < count)
            {
                var moved = TrySendFile(file, offset + sent, Math.Min(count - sent, FileSliceBytes));
                if (moved is -Errno.EINVAL or -Errno.ENOSYS || (moved == -Errno.EBADF && !HasEnded)) // copying works, or says why not
                    return sent + await FileCopy.SendAsync(this, file, offset + sent, count - sent, cancellation);
                if (moved == -Errno.EAGAIN)
                {
                    one ??= new byte[1];
                    moved = FileCopy.Read(file, one, offset + sent);
                    if (moved > 0) moved = await SendOneAsync(one, cancellation);
                }
                else if (moved < 0)
                {
                    throw ConnectionErrors.FromErrno((int)-moved, $"Sending a file to {PeerName}");
                }
                else if (moved == 0)
                {
                    break;
                }

                sent += moved;
                BulkPart.Current?.Charge(moved);
                if (BulkPart.Current is { IsTurnOver: true }) await BulkPart.YieldAsync();
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

    public override async ValueTask<long> ReceiveToFileAsync(
        SafeFileHandle file, long offset, long count, CancellationToken cancellation = default)
    {
        long received = 0;
        if (OperatingSystem.IsLinux() && count >= SplicePipe.WorthwhileBytes) received = await SpliceAsync(file, offset, count, cancellation);

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
            if (HasEnded) throw ConnectionErrors.Ended($"Ending the stream to {PeerName}");
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

    /// <summary>On a lane: what is here, or comes within the blink of an eye where bytes have flowed; otherwise -EAGAIN.</summary>
    private int TryReadOn(BulkPart part, Memory<byte> buffer)
    {
        var count = TryRead(buffer);
        if (count == -Errno.EAGAIN && part.MayLookAgain() && BecomesReady(SelectMode.SelectRead)) count = TryRead(buffer);
        if (count > 0) part.Charge(count);
        return count;
    }

    /// <summary>On a lane: as much as there is room for, now or in the blink of an eye.</summary>
    private int TrySendOn(BulkPart part, ReadOnlySpan<byte> data)
    {
        var count = SendNow(data);
        if (count <= 0 && part.MayLookAgain() && BecomesReady(SelectMode.SelectWrite)) count = SendNow(data);
        if (count > 0) part.Charge(count);
        return count;
    }

    private bool BecomesReady(SelectMode mode)
    {
        try
        {
            return _socket.Poll(BulkPart.BlinkMilliseconds * 1000, mode);
        }
        catch (Exception e) when (IsFailure(e))
        {
            return true; // the operation will say so
        }
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

    // Poked by any thread: whoever is first decides.
    private SemaphoreSlim News =>
        Volatile.Read(ref _news) ?? (Interlocked.CompareExchange(ref _news, new SemaphoreSlim(0), null) ?? _news);

    private async Task LookAsync()
    {
        await WaitReadableAsync(CancellationToken.None);
        Volatile.Write(ref _isLooking, false);
        News.Release();
    }

    /// <summary>
    /// Sends one byte. The runtime offers no wait for room, and of a longer send that is cancelled it does not say how much went out; a single byte has
    /// gone or has not. 0: whose wish ended the wait, the caller finds out.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> SendOneAsync(ReadOnlyMemory<byte> one, CancellationToken cancellation)
    {
        var either = Writing.Begin(cancellation);
        try
        {
            return await _socket.SendAsync(one, SocketFlags.None, either);
        }
        catch (Exception e) when (IsFailure(e))
        {
            throw Failure(e, "Writing to");
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
        finally
        {
            Writing.End();
        }
    }

    /// <summary>Splices until done, or until copying should take over, which meets and explains whatever is in the way.</summary>
    private async ValueTask<long> SpliceAsync(SafeFileHandle file, long offset, long count, CancellationToken cancellation)
    {
        long received = 0;
        while (received < count && PushedBack.IsEmpty && !IsReadDue(cancellation) && SplicePipe.Rent() is { } pipe)
        {
            bool isDry;
            using (pipe) isDry = SpliceOn(pipe, file, offset, count, ref received, cancellation);

            // Without the pipe: a slow peer holds no descriptors but its own.
            if (!isDry || !await TryWaitForInputAsync(cancellation)) break;
        }

        return received;
    }

    /// <summary>True when nothing more has arrived yet; false where splicing has nothing more to do here.</summary>
    private bool SpliceOn(SplicePipe pipe, SafeFileHandle file, long offset, long count, ref long received, CancellationToken cancellation)
    {
        while (received < count && !IsReadDue(cancellation))
        {
            var taken = TrySplice(pipe, count - received);
            if (taken <= 0) return taken == -Errno.EAGAIN;
            var moved = pipe.TryEmpty(file, offset + received, out var written);
            received += written;
            if (moved) continue;
            Unread(pipe.TakeBack());
            return false;
        }

        return false;
    }

    private bool IsReadDue(CancellationToken cancellation) => HasEnded || cancellation.IsCancellationRequested || ReadDeadline.HasPassed;

    private async ValueTask<bool> TryWaitForInputAsync(CancellationToken cancellation)
    {
        var either = _reading.Begin(cancellation);
        try
        {
            await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, either);
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

    private static bool IsFailure(Exception e) => e is SocketException or ObjectDisposedException;

    private ConnectionException Failure(Exception e, string tried) =>
        e is SocketException socket && !HasEnded
            ? ConnectionErrors.FromSocket(socket, $"{tried} {PeerName}")
            : ConnectionErrors.FromErrno(Errno.EBADF, $"{tried} {PeerName}");
}
