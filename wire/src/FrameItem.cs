namespace Argosy.Wire;

/// <summary>What <see cref="FrameDecoder{TMessage}.Read"/> met.</summary>
public enum FrameItem
{
    /// <summary>Everything was consumed that could be; more bytes are needed.</summary>
    NeedMore,

    /// <summary>A header: see <see cref="FrameDecoder{TMessage}.Message"/>. Its <see cref="IMessage.Body"/> says what
    /// follows.</summary>
    Header,

    /// <summary>
    /// The next <see cref="FrameDecoder{TMessage}.BodyRemaining"/> bytes (at least one) belong to the body. The decoder never
    /// looks at them: take some or all, from the buffer or straight from the connection, and say so by
    /// <see cref="FrameDecoder{TMessage}.Advance"/>.
    /// </summary>
    Body,

    /// <summary>An exact body is complete. Also follows a body of length 0.</summary>
    BodyEnd,

    /// <summary>A chunked body is complete: see <see cref="FrameDecoder{TMessage}.Trailer"/>.</summary>
    Trailer,

    /// <summary>The sender abandoned its chunked body: nothing of it counts.</summary>
    Abandoned,
}
