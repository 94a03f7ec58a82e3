using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Argosy.Sockets;

/// <summary>The connection of the <c>async</c> model: the runtime's own asynchronous socket, on every system.</summary>
internal sealed partial class RuntimeConnection : StreamConnection
{
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

    private static bool IsFailure(Exception e) => e is SocketException or ObjectDisposedException;

    private ConnectionException Failure(Exception e, string tried) =>
        e is SocketException socket && !HasEnded
            ? ConnectionErrors.FromSocket(socket, $"{tried} {PeerName}")
            : ConnectionErrors.FromErrno(Errno.EBADF, $"{tried} {PeerName}");
}
