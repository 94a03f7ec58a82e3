using System.Buffers.Binary;

namespace Argosy.Wire;

/// <summary>
/// Takes a stream of frames apart, whatever pieces it comes in (docs/protocol.md section 1). Call <see cref="Read"/> with the
/// bytes at hand until it says
/// <see cref="FrameItem.NeedMore"/>. Header bytes are kept only until their frame is complete; body bytes are never touched.
/// After a <see cref="WireException"/> the stream is out of step: every further call throws it again.
/// </summary>
/// <typeparam name="TMessage"><see cref="Request"/> on a server, <see cref="Reply"/> on a client.</typeparam>
public sealed class FrameDecoder<TMessage>
    where TMessage : class, IMessage<TMessage>
{
    private enum State
    {
        Header, ExactBody, ChunkPrefix, Chunk, Trailer,
    }

    private readonly ByteStore _store = new(4 + Limits.Header);
    private State _state;
    private bool _isFirst = true;
    private WireException? _broken;

    /// <summary>Begins at the start of a connection.</summary>
    /// <param name="seal"><see cref="SealMode.Undecided"/> on a server; a client knows what it sends and demands the
    /// same.</param>
    /// <param name="headerCap">The longest header to accept, in bytes; see <see cref="HeaderCap"/>.</param>
    public FrameDecoder(SealMode seal, int headerCap = Limits.HeaderBeforeLogin)
    {
        Seal = seal;
        HeaderCap = headerCap;
    }

    /// <summary>Whether frames carry seals. Decided for good by the first frame where it was
    /// <see cref="SealMode.Undecided"/>.</summary>
    public SealMode Seal { get; private set; }

    /// <summary>The longest header to accept, in bytes: <see cref="Limits.HeaderBeforeLogin"/>, to be raised to
    /// <see cref="Limits.Header"/> by a login.</summary>
    public int HeaderCap
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Limits.Header);
            field = value;
        }
    }

    /// <summary>The last header, also while its body comes; null before the first.</summary>
    public TMessage? Message { get; private set; }

    /// <summary>The last chunked body's trailer, from <see cref="FrameItem.Trailer"/> until the next header.</summary>
    public Trailer? Trailer { get; private set; }

    /// <summary>How many bytes of the exact body or of the present chunk are still to come.</summary>
    public long BodyRemaining { get; private set; }

    /// <summary>True where the stream may end: between frames, with no byte of the next one seen.</summary>
    public bool IsBetweenFrames => _state == State.Header && _store.Count == 0;

    /// <summary>Goes on to the next item.</summary>
    /// <param name="available">The bytes that follow those consumed so far; may be empty.</param>
    /// <param name="consumed">How many of them the decoder is done with; never a byte of a body.</param>
    /// <exception cref="WireException">The peer broke a rule; always fatal.</exception>
    public FrameItem Read(ReadOnlySpan<byte> available, out int consumed)
    {
        consumed = 0;
        if (_broken is not null)
            throw _broken;
        try
        {
            return Step(available, ref consumed);
        }
        catch (WireException broken)
        {
            _store.Clear();
            throw _broken = broken;
        }
    }

    /// <summary>Tells that <paramref name="count"/> bytes of the body were taken.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than <see cref="BodyRemaining"/>.</exception>
    public void Advance(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, BodyRemaining);
        BodyRemaining -= count;
        if (BodyRemaining == 0 && _state == State.Chunk)
            _state = State.ChunkPrefix;
    }

    private FrameItem Step(ReadOnlySpan<byte> available, ref int consumed) => _state switch
    {
        State.Header => ReadHeader(available, ref consumed),
        State.ExactBody => BodyRemaining > 0 ? FrameItem.Body : EndBody(FrameItem.BodyEnd),
        State.Chunk => FrameItem.Body,
        State.ChunkPrefix => ReadChunkPrefix(available, ref consumed),
        _ => ReadTrailer(available, ref consumed),
    };

    private FrameItem ReadHeader(ReadOnlySpan<byte> available, ref int consumed)
    {
        if (!TryTakeFrame(available, ref consumed, out var header))
            return FrameItem.NeedMore;
        Trailer = null;
        Message = Decode<TMessage>(header);
        _store.Clear();
        var body = Message.Body;
        BodyRemaining = body.Length ?? 0;
        _state = body.IsNone ? State.Header : body.IsChunked ? State.ChunkPrefix : State.ExactBody;
        return FrameItem.Header;
    }

    private FrameItem ReadChunkPrefix(ReadOnlySpan<byte> available, ref int consumed)
    {
        if (!Fill(4, available, ref consumed))
            return FrameItem.NeedMore;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(_store.Written);
        _store.Clear();
        switch (length)
        {
            case FrameEncoder.AbandonMark:
                return EndBody(FrameItem.Abandoned);
            case 0:
                _state = State.Trailer;
                return ReadTrailer(available, ref consumed);
            case > Limits.Chunk:
                throw new WireException(WireError.BadFrame, FrameText.LongChunk, Message!.Id);
            default:
                BodyRemaining = length;
                _state = State.Chunk;
                return FrameItem.Body;
        }
    }

    private FrameItem ReadTrailer(ReadOnlySpan<byte> available, ref int consumed)
    {
        if (!TryTakeFrame(available, ref consumed, out var header))
            return FrameItem.NeedMore;
        Trailer = Decode<Trailer>(header);
        _store.Clear();
        if (Trailer.Id != Message!.Id)
            throw new WireException(WireError.BadFrame, FrameText.OtherId, Message.Id);
        if (Trailer.Fault is { } fault && !TMessage.IsAnswered)
            throw new WireException(WireError.BadFrame, fault.Message, Message.Id);
        return EndBody(FrameItem.Trailer);
    }

    private FrameItem EndBody(FrameItem how)
    {
        _state = State.Header;
        return how;
    }

    private T Decode<T>(ReadOnlySpan<byte> header)
        where T : class, IMessage<T>
    {
        var isSealed = Wire.Seal.IsOn(header);
        if (Seal == SealMode.Undecided)
            Seal = isSealed ? SealMode.Required : SealMode.Absent;
        if (isSealed && (Seal == SealMode.Absent || !Wire.Seal.IsRight(header)))
            throw new WireException(WireError.Damaged, Seal == SealMode.Absent ? FrameText.LateSeal : FrameText.WrongSeal);

        var isFirst = _isFirst;
        _isFirst = false;
        if (isSealed || Seal == SealMode.Absent)
            return T.Decode(header, isSealed);
        if (isFirst && T.Decode(header, isSealed) is { MayBeUnsealed: true } word)
            return word;
        throw new WireException(WireError.Damaged, FrameText.NoSeal);
    }

    /// <summary>Takes length and header off the stream, straight from <paramref name="available"/> where all of it is
    /// there.</summary>
    private bool TryTakeFrame(ReadOnlySpan<byte> available, ref int consumed, out ReadOnlySpan<byte> header)
    {
        header = default;
        var rest = available[consumed..];
        if (_store.Count == 0 && rest.Length >= 4)
        {
            var length = HeaderLength(rest);
            if (rest.Length - 4 >= length)
            {
                header = rest.Slice(4, length);
                consumed += 4 + length;
                return true;
            }
        }

        if (!Fill(4, available, ref consumed) || !Fill(4 + HeaderLength(_store.Written), available, ref consumed))
            return false;
        header = _store.Written[4..];
        return true;
    }

    private int HeaderLength(ReadOnlySpan<byte> prefix)
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(prefix);
        if (length == 0)
            throw new WireException(WireError.BadFrame, FrameText.EmptyHeader);
        if (length > HeaderCap)
            throw new WireException(WireError.TooLarge, FrameText.LongHeader(HeaderCap));
        return (int)length;
    }

    private bool Fill(int count, ReadOnlySpan<byte> available, ref int consumed)
    {
        var taken = Math.Clamp(count - _store.Count, 0, available.Length - consumed);
        _store.Append(available.Slice(consumed, taken));
        consumed += taken;
        return _store.Count >= count;
    }
}
