using System.Buffers;
using Argosy.Sockets;

namespace Argosy.Native;

/// <summary>
/// What the client has sent and nobody has consumed. The buffer is rented when bytes have come (a read of nothing tells) and given back
/// when they are consumed, so that an idle session holds none. Before it waits for the client, the client gets what it may be waiting for.
/// </summary>
internal sealed class Input(IConnection connection, Output output) : IDisposable
{
    /// <summary>A body up to this size fits whole.</summary>
    public const int BufferSize = 64 << 10;

    /// <summary>How long answers are held back while nothing comes; see <see cref="HoldReplies"/>.</summary>
    private static readonly TimeSpan HoldTime = TimeSpan.FromMilliseconds(100);

    private byte[]? _buffer;
    private int _start;
    private int _end;

    /// <summary>Bytes that are here.</summary>
    public ReadOnlyMemory<byte> Buffered => _buffer.AsMemory(_start, _end - _start);

    /// <summary>
    /// True keeps answers back while requests and bodies flow. A client that never reads closes with answers unread, which TCP turns
    /// into a reset (RFC 2525 section 2.17) that destroys what it still had to send. So it gets none until it pauses. One that pauses
    /// after a request waits for answers: it gets them at once from then on.
    /// </summary>
    public bool HoldReplies { get; set; }

    /// <summary>Ends reads within a request: the session lost its right.</summary>
    public CancellationToken Ended { get; set; }

    /// <summary>Marks bytes as consumed.</summary>
    public void Consume(int count) => _start += count;

    /// <summary>Waits for the first byte of a request, without a buffer where that takes long; false at the end of the stream.</summary>
    /// <exception cref="TimeoutException">None came in time.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="wake"/> fired.</exception>
    public async ValueTask<bool> WaitAsync(Deadline deadline, CancellationToken wake)
    {
        if (_end > _start)
            return true;
        Release();
        if (HoldReplies && output.HasPending)
        {
            if (await TryReceiveSoonAsync(deadline, wake))
                return _end > 0;
            HoldReplies = false;
        }

        await output.FlushAsync();
        connection.ReadDeadline = deadline;
        await connection.ReadAsync(Memory<byte>.Empty, wake);
        return Received(await connection.ReadAsync(Rent(), wake));
    }

    /// <summary>Reads more of a header; false at the end of the stream. All that was here has been consumed.</summary>
    /// <exception cref="TimeoutException">Nothing came in time.</exception>
    public async ValueTask<bool> ReceiveAsync(Deadline deadline)
    {
        await output.FlushAsync();
        connection.ReadDeadline = deadline;
        return Received(await connection.ReadAsync(Rent(), Ended));
    }

    /// <summary>Reads more of a body's framing; false at the end of the stream. All that was here has been consumed.</summary>
    public async ValueTask<bool> ReceiveBodyAsync(Deadline deadline) => Received(await ReadBodyAsync(Rent(), deadline));

    /// <summary>Reads more of a small body behind what is here; false at the end of the stream.</summary>
    /// <exception cref="TimeoutException">Nothing came in time.</exception>
    public async ValueTask<bool> ReceiveMoreAsync(Deadline deadline)
    {
        byte[] buffer = Rent();
        Buffered.CopyTo(buffer);
        (_start, _end) = (0, _end - _start);
        int count = await ReadBodyAsync(buffer.AsMemory(_end), deadline);
        _end += count;
        return count > 0;
    }

    /// <summary>Body bytes straight from the connection; 0 at the end of the stream.</summary>
    /// <exception cref="TimeoutException">None came in time.</exception>
    public async ValueTask<int> ReadBodyAsync(Memory<byte> destination, Deadline deadline)
    {
        if (HoldReplies && output.HasPending)
        {
            try
            {
                connection.ReadDeadline = Deadline.Earlier(deadline, Deadline.After(HoldTime));
                return await connection.ReadAsync(destination, Ended);
            }
            catch (TimeoutException)
            {
                // It pauses: perhaps it waits for an answer after all.
            }
        }

        await output.FlushAsync();
        connection.ReadDeadline = deadline;
        return await connection.ReadAsync(destination, Ended);
    }

    /// <summary>True where the stream has ended behind what was consumed. What has come meanwhile is kept; nothing is waited for.</summary>
    public async ValueTask<bool> IsAtEndAsync()
    {
        if (!Buffered.IsEmpty)
            return false;
        try
        {
            connection.ReadDeadline = Deadline.After(TimeSpan.FromMilliseconds(1));
            await connection.ReadAsync(Memory<byte>.Empty, Ended);
            return !Received(await connection.ReadAsync(Rent(), Ended));
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Gives the buffer back. All that was here has been consumed.</summary>
    public void Release()
    {
        if (_buffer is not null)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
        _start = _end = 0;
    }

    public void Dispose() => Release();

    /// <summary>False where nothing, not even the end of the stream, comes while answers are held back.</summary>
    private async ValueTask<bool> TryReceiveSoonAsync(Deadline deadline, CancellationToken wake)
    {
        try
        {
            connection.ReadDeadline = Deadline.Earlier(deadline, Deadline.After(HoldTime));
            await connection.ReadAsync(Memory<byte>.Empty, wake);
            Received(await connection.ReadAsync(Rent(), wake));
            return true;
        }
        catch (TimeoutException)
        {
            Release();
            return false;
        }
    }

    private bool Received(int count)
    {
        (_start, _end) = (0, count);
        return count > 0;
    }

    private byte[] Rent() => _buffer ??= ArrayPool<byte>.Shared.Rent(BufferSize);
}
