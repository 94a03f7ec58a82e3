using System.Collections.Concurrent;
using Argosy.Wire;

namespace Argosy.Client;

/// <summary>Takes what the server sends apart and gives it to the exchanges that wait, in their order. Trusts nothing of it.</summary>
/// <param name="stream">The connection.</param>
/// <param name="line">The same for a thread that may block.</param>
/// <param name="awaiting">Who waits.</param>
/// <param name="watch">Told of the server's signs of life.</param>
/// <param name="server">Its name, for messages.</param>
internal sealed class ReplyReader(Stream stream, BlockingLine line, ConcurrentQueue<Exchange> awaiting, Watch watch, string server)
{
    // A server that sends less than this within the time that it may be silent is silent: one byte now and then must not hold anybody for years.
    private const int LeastPace = 1024;

    // With so much at a time both ends together need a tenth less than with a quarter of it.
    private const int PieceSize = Limits.Chunk;

    private readonly FrameDecoder<Reply> _decoder = new(SealMode.Required);
    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(256 * 1024);
    private int _start;
    private int _end;

    // Bytes of a body since the watch was touched.
    private int _trickle;

    // The exchange whose body is coming; and, after the server has abandoned one, the exchange whose error must come next.
    private Exchange? _receiving;
    private Exchange? _abandoned;

    /// <summary>True while nothing is half received.</summary>
    public bool IsBetweenFrames => _decoder.IsBetweenFrames && _receiving is null;

    public void AllowLongHeaders() => _decoder.HeaderCap = Limits.Header;

    /// <summary>Reads until the server ends the stream.</summary>
    /// <exception cref="NotVerifiedException">What came is not what a server may send.</exception>
    /// <exception cref="RefusedException">The server ended the session and said why.</exception>
    public async Task ReadAsync(CancellationToken closed)
    {
        try
        {
            do
            {
                await TakeAsync().ConfigureAwait(false);
            }
            while (_receiving is { IsBulk: true } bulk
                ? await LongThread.RunAsync(() => ReceiveBulk(bulk)).ConfigureAwait(false)
                : await FillAsync(closed).ConfigureAwait(false));
        }
        catch (WireException exception)
        {
            throw new NotVerifiedException(
                $"What {server} sends is damaged or not Argosy's protocol. {exception.Message} Nothing unverified was kept; try again.", exception);
        }
    }

    private async ValueTask<bool> FillAsync(CancellationToken closed)
    {
        (_start, _end) = (0, 0);
        _end = await stream.ReadAsync(_buffer, closed).ConfigureAwait(false);
        return _end > 0;
    }

    private async ValueTask TakeAsync()
    {
        while (Step(out var piece))
        {
            if (piece > 0)
                await HandOverAsync(piece).ConfigureAwait(false);
            else
                watch.Touch();
        }
    }

    private async ValueTask HandOverAsync(int count)
    {
        NoteBody(count);
        watch.Leave();
        try
        {
            await _receiving!.ReceiveAsync(_buffer.AsMemory(_start, count)).ConfigureAwait(false);
        }
        finally
        {
            watch.Return();
        }

        Skip(count);
    }

    /// <summary>Goes on with a large body on this thread, to its end or the stream's, which gives false. What came behind it is left in the buffer.</summary>
    private bool ReceiveBulk(Exchange bulk)
    {
        // A piece of a file, and the length of the chunk behind it.
        if (_buffer.Length < PieceSize)
            _buffer = GC.AllocateUninitializedArray<byte>(PieceSize + FrameEncoder.ChunkPrefix);
        while (ReceivePiece())
        {
            if (!TakePieces(bulk))
                return true;
        }

        return false;
    }

    private bool ReceivePiece()
    {
        var room = BulkRoom();
        _start = 0;
        _end = line.Receive(_buffer.AsSpan(0, room > 0 ? room : _buffer.Length), room);
        return _end > 0;
    }

    // False: the body is over.
    private bool TakePieces(Exchange bulk)
    {
        while (Step(out var piece))
        {
            if (piece > 0)
                HandOver(bulk, piece);
            else
                watch.Touch();
            if (_receiving != bulk)
                return false;
        }

        return true;
    }

    // Pieces end where chunks do, with the length of the next one, so that they begin where the buffer does, and in the file where a page does.
    // 0: somewhere between chunks.
    private int BulkRoom() => _decoder.BodyRemaining switch
    {
        > PieceSize => PieceSize,
        > 0 and var rest when _decoder.Message!.Body.IsChunked => (int)rest + FrameEncoder.ChunkPrefix,
        var rest => (int)rest,
    };

    private void HandOver(Exchange bulk, int count)
    {
        NoteBody(count);
        watch.Leave();
        try
        {
            bulk.Receive(_buffer.AsSpan(_start, count));
        }
        finally
        {
            watch.Return();
        }

        Skip(count);
    }

    private void NoteBody(int count)
    {
        if ((_trickle += count) < LeastPace)
            return;
        _trickle = 0;
        watch.Touch();
    }

    private void Skip(int count)
    {
        _decoder.Advance(count);
        _start += count;
    }

    /// <summary>Goes on as far as the buffer reaches. False: more is needed. Otherwise so many bytes of a body are at hand, or none.</summary>
    private bool Step(out int piece)
    {
        piece = 0;
        var item = _decoder.Read(_buffer.AsSpan(_start, _end - _start), out var consumed);
        _start += consumed;
        switch (item)
        {
            case FrameItem.NeedMore:
                return false;
            case FrameItem.Body:
                piece = (int)Math.Min(_decoder.BodyRemaining, _end - _start);
                return piece > 0;
            case FrameItem.Header:
                Take(_decoder.Message!);
                return true;
            case FrameItem.Abandoned:
                (_abandoned, _receiving) = (_receiving, null);
                return true;
            default:
                EndOf(_receiving!).Finish(_decoder.Trailer);
                return true;
        }
    }

    private void Take(Reply reply)
    {
        if (reply.Status == ReplyStatus.Error && reply.Id is null)
            throw ReplyErrors.Translate(reply, null);
        if (!awaiting.TryPeek(out var exchange) || reply.Id != exchange.Id)
            throw new NotVerifiedException($"{server} answers out of order. Nothing unverified was kept; try again.");
        if (reply.Status == ReplyStatus.Error)
            Refuse(exchange, reply);
        else
            Accept(exchange, reply);
    }

    private void Refuse(Exchange exchange, Reply reply)
    {
        _abandoned = null;
        if (!reply.Body.IsNone)
            throw Unfit();
        var error = exchange.Explain(reply) ?? ReplyErrors.Translate(reply, exchange.Asked);
        EndOf(exchange).Fail(error);
        if (reply.Error!.Value.IsFatal())
            throw error;
    }

    private void Accept(Exchange exchange, Reply reply)
    {
        if (_abandoned is not null || !exchange.MaySucceed || exchange.ExpectsBody == reply.Body.IsNone
            || (reply.Status == ReplyStatus.Continue && !exchange.MayContinue))
            throw Unfit();
        exchange.Accept(reply);
        if (exchange.ExpectsBody)
            _receiving = exchange;
        else
            EndOf(exchange).Finish(null);
    }

    private Exchange EndOf(Exchange exchange)
    {
        awaiting.TryDequeue(out _);
        _receiving = null;
        return exchange;
    }

    private NotVerifiedException Unfit() => new($"The answer of {server} does not fit the request. Nothing unverified was kept; try again.");
}
