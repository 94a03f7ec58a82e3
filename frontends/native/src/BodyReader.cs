using System.Buffers;
using Argosy.Sockets;
using Argosy.Wire;
using Microsoft.Win32.SafeHandles;

namespace Argosy.Native;

/// <summary>The body of one request after another (docs/protocol.md section 1.1), under the deadlines of section 4.</summary>
internal sealed class BodyReader(FrameDecoder<Request> decoder, Input input, IConnection connection, NativeOptions options) : IDisposable
{
    /// <summary>How much is read at a time: large enough that a disk write costs little.</summary>
    private const int PieceSize = 256 << 10;

    private byte[]? _piece;

    /// <summary>True until the end of the present request's body has been met.</summary>
    public bool IsUnderWay { get; private set; }

    /// <summary>True where the client abandoned it: nothing of it counts.</summary>
    public bool IsAbandoned { get; private set; }

    /// <summary>A chunked body's trailer, once it has ended with one.</summary>
    public Trailer? Trailer => decoder.Trailer;

    /// <summary>Bytes still to come of an exact body, or of the present chunk.</summary>
    public long Remaining => decoder.BodyRemaining;

    /// <summary>True where a part of it has already been read from the connection.</summary>
    public bool HasBuffered => !input.Buffered.IsEmpty;

    /// <summary>True where nothing of the body has to be waited for.</summary>
    public bool IsHere => !IsUnderWay || (!decoder.Message!.Body.IsChunked && Remaining <= input.Buffered.Length);

    /// <summary>True where it is small, and a part of it is here: the rest is no more than a moment away.</summary>
    public bool IsArriving => IsUnderWay && HasBuffered && !decoder.Message!.Body.IsChunked && Remaining <= Input.BufferSize;

    /// <summary>A request has come: what follows is its body.</summary>
    public void Begin()
    {
        IsUnderWay = !decoder.Message!.Body.IsNone;
        IsAbandoned = false;
    }

    /// <summary>The next bytes, valid until the next call; none at the end. Small bodies are handed on where they lie.</summary>
    /// <exception cref="WireException">The body is malformed, or stands still: fatal.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync()
    {
        try
        {
            return await ReadAsync(Deadline.Never);
        }
        catch (TimeoutException)
        {
            throw TooSlow();
        }
    }

    /// <summary>Waits until all of a small body is here.</summary>
    /// <exception cref="WireException">It stands still: fatal.</exception>
    public async ValueTask GatherAsync()
    {
        try
        {
            while (!IsHere)
            {
                if (!await input.ReceiveMoreAsync(Stall()))
                    throw Gone();
            }
        }
        catch (TimeoutException)
        {
            throw TooSlow();
        }
    }

    /// <summary>Lets the kernel move the next bytes of an exact body into a file. Returns how many, at least one.</summary>
    /// <exception cref="WireException">The body stands still: fatal.</exception>
    public async ValueTask<long> ReceiveToFileAsync(SafeFileHandle file, long offset, long atMost)
    {
        try
        {
            connection.ReadDeadline = Stall();
            long received = await connection.ReceiveToFileAsync(file, offset, Math.Min(atMost, Remaining), input.Ended);
            Advance(received);
            return received > 0 ? received : throw Gone();
        }
        catch (TimeoutException)
        {
            throw TooSlow();
        }
    }

    /// <summary>
    /// Takes the rest of a refused body off the stream. False where an exact one is too long or too slow for that
    /// (docs/protocol.md section 2); a chunked one ends when the client pleases, but not after <paramref name="limit"/>.
    /// </summary>
    /// <exception cref="WireException">A chunked body stood still, or went on beyond the limit.</exception>
    public async ValueTask<bool> DiscardAsync(Deadline limit)
    {
        if (decoder.Message!.Body.IsChunked)
        {
            await DiscardChunksAsync(limit);
            return true;
        }

        try
        {
            Deadline deadline = Deadline.Earlier(limit, Deadline.After(options.DiscardTime));
            for (long left = options.DiscardBytes; IsUnderWay && left > 0 && !deadline.HasPassed;)
                left -= (await ReadAsync(deadline)).Length;
        }
        catch (TimeoutException)
        {
            // Too slow: the same as too long.
        }

        ReturnPiece();
        return !IsUnderWay;
    }

    public void Dispose() => ReturnPiece();

    private async ValueTask DiscardChunksAsync(Deadline limit)
    {
        try
        {
            while (!limit.HasPassed && !(await ReadAsync(limit)).IsEmpty)
            {
            }
        }
        catch (TimeoutException)
        {
            throw TooSlow();
        }

        if (IsUnderWay)
            throw TooSlow();
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadAsync(Deadline limit)
    {
        Deadline framing = Deadline.Never;
        while (IsUnderWay)
        {
            FrameItem item = decoder.Read(input.Buffered.Span, out int consumed);
            input.Consume(consumed);
            if (item == FrameItem.Body)
                return HasBuffered ? TakeBuffered() : await ReceiveAsync(Deadline.Earlier(limit, Stall()));
            if (item == FrameItem.NeedMore)
                framing = await ReceiveFramingAsync(limit, framing);
            else
                End(item);
        }

        ReturnPiece();
        return default;
    }

    private ReadOnlyMemory<byte> TakeBuffered()
    {
        ReadOnlyMemory<byte> piece = input.Buffered[..(int)Math.Min(Remaining, input.Buffered.Length)];
        input.Consume(piece.Length);
        Advance(piece.Length);
        return piece;
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(Deadline deadline)
    {
        _piece ??= ArrayPool<byte>.Shared.Rent(PieceSize);
        int count = await input.ReadBodyAsync(_piece.AsMemory(0, (int)Math.Min(Remaining, PieceSize)), deadline);
        if (count == 0)
            throw Gone();
        Advance(count);
        return _piece.AsMemory(0, count);
    }

    /// <summary>Reads more of a chunk's length or the trailer. Returns when that has to be complete: like any frame, soon after its first byte.</summary>
    private async ValueTask<Deadline> ReceiveFramingAsync(Deadline limit, Deadline framing)
    {
        if (!await input.ReceiveBodyAsync(Deadline.Earlier(limit, Deadline.Earlier(framing, Stall()))))
            throw Gone();
        return framing.IsNever ? Deadline.After(options.FrameTime) : framing;
    }

    /// <summary>An exact body is over with its last byte: nobody has to read on to find that out.</summary>
    private void Advance(long count)
    {
        decoder.Advance(count);
        if (Remaining == 0 && !decoder.Message!.Body.IsChunked)
            End(decoder.Read([], out _));
    }

    private void End(FrameItem how)
    {
        IsUnderWay = false;
        IsAbandoned = how == FrameItem.Abandoned;
    }

    private void ReturnPiece()
    {
        if (_piece is not null)
            ArrayPool<byte>.Shared.Return(_piece);
        _piece = null;
    }

    private Deadline Stall() => Deadline.After(options.StallTime);

    private WireException TooSlow() => new(WireError.Timeout, BodyText.TooSlow, decoder.Message!.Id);

    private static ConnectionException Gone() => new(ConnectionError.Reset, "the client left within a body");
}
