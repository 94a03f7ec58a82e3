using System.Buffers;
using System.Buffers.Binary;

namespace Argosy.Wire;

/// <summary>
/// Writes frames (docs/protocol.md section 1):
/// <code>
/// header     u32 length | JSON object [ends in a seal]
/// chunk      u32 1..1,048,576 | so many bytes
/// end        00 00 00 00, then a trailer frame
/// abandon    ff ff ff ff
/// </code>
/// All state is in the arguments; nothing is allocated beyond what <see cref="IBufferWriter{T}"/> does.
/// </summary>
public static class FrameEncoder
{
    /// <summary>The bytes that a chunk's length takes.</summary>
    public const int ChunkPrefix = 4;

    internal const uint AbandonMark = 0xffff_ffff;

    /// <summary>Writes a header. The bytes that its <see cref="IMessage.Body"/> announces are the caller's to send after
    /// it.</summary>
    /// <param name="output">Gets the frame as one piece.</param>
    /// <param name="message">What to say.</param>
    /// <param name="seal">True on a connection whose frames carry seals.</param>
    /// <exception cref="WireException">The header would be over <see cref="Limits.Header"/> bytes:
    /// <see cref="WireError.TooLarge"/>. Nothing was written.</exception>
    public static void Write(IBufferWriter<byte> output, IMessage message, bool seal)
    {
        var header = HeaderWriter.Begin();
        message.WriteTo(header);
        header.EndFrame(output, seal);
    }

    /// <summary>Writes a chunk's length; so many bytes have to follow.</summary>
    /// <param name="output">Gets four bytes.</param>
    /// <param name="length">1 to <see cref="Limits.Chunk"/>.</param>
    public static void WriteChunkPrefix(IBufferWriter<byte> output, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Limits.Chunk);
        WriteMark(output, (uint)length);
    }

    /// <summary>Ends a chunked body: the mark and the trailer that has to follow it.</summary>
    public static void WriteEnd(IBufferWriter<byte> output, Trailer trailer, bool seal)
    {
        WriteMark(output, 0);
        Write(output, trailer, seal);
    }

    /// <summary>Abandons a chunked body. A client sends nothing more for it; a server sends the error reply next.</summary>
    public static void WriteAbandon(IBufferWriter<byte> output) => WriteMark(output, AbandonMark);

    private static void WriteMark(IBufferWriter<byte> output, uint mark)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(output.GetSpan(ChunkPrefix), mark);
        output.Advance(ChunkPrefix);
    }
}
