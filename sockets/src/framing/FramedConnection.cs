using System.Buffers;
using System.Runtime.CompilerServices;

namespace Argosy.Sockets;

/// <summary>
/// Messages over a connection: what one side writes as one message the other side reads as one, whatever segments carried it. Buffers
/// are pooled and nothing is allocated per message. One read and one write may be under way at a time.
/// </summary>
/// <remarks>
/// It reads ahead: while it is used, read the connection through it alone. <see cref="Dispose"/> puts what was read too far back in front
/// of the connection, so that something else can go on from there.
/// </remarks>
/// <param name="connection">Where the bytes come from and go to. It stays open when this is disposed.</param>
/// <param name="framing">How messages are told apart; both sides use the same.</param>
public sealed class FramedConnection(IConnection connection, Framing framing) : IDisposable
{
    private const int CopiedAtMost = 64 * 1024; // a longer message goes out in writes of its own instead of being copied

    private readonly FrameBuffer _input = new(framing);
    private bool _isWriteCut;

    /// <summary>The connection beneath, for its deadlines and addresses.</summary>
    public IConnection Connection => connection;

    /// <summary>
    /// Reads the next message, which stays valid until the next read; null when the peer has finished sending. An empty message is one.
    /// </summary>
    /// <exception cref="FramingException">Too long, malformed, or the stream ended within it.</exception>
    /// <exception cref="ConnectionException">The connection is broken.</exception>
    /// <exception cref="TimeoutException"><see cref="IConnection.ReadDeadline"/> has passed. Reading may go on; no byte is lost.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; as with the deadline.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellation = default)
    {
        ThrowIfReadDue(cancellation);
        ReadOnlyMemory<byte> message;
        while (!_input.TryTake(out message))
        {
            var count = await connection.ReadAsync(_input.Room(), cancellation);
            if (count == 0) return _input.Rest.IsEmpty ? null : throw CutShort();
            _input.Received(count);
        }

        return message;
    }

    /// <summary>Writes one message; it may be empty.</summary>
    /// <exception cref="ArgumentException">It is longer than the framing allows, or contains what would end it. Nothing was sent.</exception>
    /// <exception cref="ConnectionException">The connection is broken.</exception>
    /// <exception cref="TimeoutException"><see cref="IConnection.WriteDeadline"/> has passed; a part may have been sent.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; as with the deadline.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation = default)
    {
        if (_isWriteCut) throw WriteCut();
        var copied = message.Length <= CopiedAtMost ? message.Length : 0;
        var suffix = framing.Suffix;
        var buffer = ArrayPool<byte>.Shared.Rent(Framing.MaxPrefix + copied + suffix.Length);
        try
        {
            var length = framing.WritePrefix(message.Span, buffer);
            if (copied < message.Length)
            {
                await WritePartsAsync(buffer.AsMemory(0, length), message, suffix, cancellation);
                return;
            }

            message.Span.CopyTo(buffer.AsSpan(length));
            suffix.Span.CopyTo(buffer.AsSpan(length + copied));
            await connection.WriteAsync(buffer.AsMemory(0, length + copied + suffix.Length), cancellation);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>A message in several writes. Where one fails after another has gone out, nothing else may follow, by whatever way.</summary>
    private async ValueTask WritePartsAsync(
        ReadOnlyMemory<byte> prefix, ReadOnlyMemory<byte> message, ReadOnlyMemory<byte> suffix, CancellationToken cancellation)
    {
        var hasBegun = false;
        try
        {
            foreach (var part in (ReadOnlyMemory<byte>[])[prefix, message, suffix])
            {
                if (part.IsEmpty) continue;
                await connection.WriteAsync(part, cancellation);
                hasBegun = true;
            }
        }
        catch when (hasBegun)
        {
            _isWriteCut = true;
            (connection as StreamConnection)?.CutWrite();
            throw;
        }
    }

    /// <summary>A message that has arrived already is no reason to overlook what ends a read.</summary>
    private void ThrowIfReadDue(CancellationToken cancellation)
    {
        if (connection is StreamConnection ours)
        {
            ours.ThrowIfReadDue(cancellation);
            return;
        }

        cancellation.ThrowIfCancellationRequested();
        if (connection.ReadDeadline.HasPassed) throw new TimeoutException("The read deadline has passed.");
    }

    /// <summary>Puts back what was read beyond the last message, and gives the buffer back. The connection stays open.</summary>
    public void Dispose()
    {
        if (!_input.Rest.IsEmpty) connection.Unread(_input.Rest.Span);
        _input.Dispose();
    }

    private static ConnectionException WriteCut() =>
        new(ConnectionError.Failed, "An earlier message was cut short by a deadline, a cancellation or a failure, so nothing more can follow it.");

    private FramingException CutShort() => new(
        FramingError.CutShort, $"The stream ended within a message, after {_input.Rest.Length} bytes of it; the peer broke off.");
}
