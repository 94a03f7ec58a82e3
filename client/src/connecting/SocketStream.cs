using System.Net.Sockets;
using Argosy.Kernel;

namespace Argosy.Client;

/// <summary>
/// A connection by the shortest way to the kernel: what can be done at once is done, and nothing is watched while nobody waits, as the base library
/// would for as long as the socket lives. One reads and one writes at a time; while a large body moves, each direction may be another thread's
/// (<see cref="SocketLine"/>).
/// </summary>
/// <param name="socket">Not blocking; closed with the stream.</param>
internal class SocketStream(Socket socket) : Stream
{
    private readonly Readiness _readiness = new(socket.SafeHandle);

    /// <summary>The connection itself.</summary>
    public Socket Socket => socket;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count;
        while ((count = Posix.Receive(socket.SafeHandle, buffer.Span)) < 0)
            await AwaitAsync(count, Posix.Readable, cancellationToken).ConfigureAwait(false);
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var sent = Posix.Send(socket.SafeHandle, buffer.Span);
            if (sent < 0)
                await AwaitAsync(sent, Posix.Writable, cancellationToken).ConfigureAwait(false);
            else
                buffer = buffer[sent..];
        }
    }

    public override int Read(Span<byte> buffer)
    {
        int count;
        while ((count = Posix.Receive(socket.SafeHandle, buffer)) < 0)
            Await(count, Posix.Readable);
        return count;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var sent = Posix.Send(socket.SafeHandle, buffer);
            if (sent < 0)
                Await(sent, Posix.Writable);
            else
                buffer = buffer[sent..];
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Why an operation could not be done.</summary>
    /// <param name="error">The negative errno.</param>
    public static IOException Broken(int error) => new($"The connection is broken (error {-error}).");

    /// <summary>Waits for one of <see cref="Posix.Readable"/> and <see cref="Posix.Writable"/>.</summary>
    protected ValueTask WaitAsync(short events, CancellationToken cancellationToken) =>
        events == Posix.Readable ? _readiness.WaitToReadAsync(cancellationToken) : _readiness.WaitToWriteAsync(cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _readiness.Dispose();
        socket.Dispose();
        base.Dispose(disposing);
    }

    private ValueTask AwaitAsync(int result, short events, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return result switch
        {
            Posix.TryAgain => WaitAsync(events, cancellationToken),
            Posix.Interrupted => ValueTask.CompletedTask,
            _ => throw Broken(result),
        };
    }

    private void Await(int result, short events)
    {
        if (result is not (Posix.TryAgain or Posix.Interrupted))
            throw Broken(result);
        Posix.Wait(socket.SafeHandle, events, milliseconds: 200);
    }
}
