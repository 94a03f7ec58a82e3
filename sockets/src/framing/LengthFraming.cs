using System.Buffers.Binary;

namespace Argosy.Sockets;

/// <summary>
/// A length before each message, in 1, 2, 4 or 8 bytes, of the message alone:
/// <code>length (1, 2, 4 or 8 bytes) | message (length bytes)</code>
/// </summary>
public sealed class LengthFraming : Framing
{
    private readonly int _width;
    private readonly bool _isLittleEndian;

    /// <param name="width">The bytes of the length: 1, 2, 4 or 8.</param>
    /// <param name="maxMessage">The longest message in bytes. A width of 1 allows 255 at most, one of 2 allows 65,535.</param>
    /// <param name="littleEndian">Whether the length's lowest byte comes first; otherwise its highest does (network order).</param>
    public LengthFraming(int width, int maxMessage, bool littleEndian = false)
        : base(Math.Min(maxMessage, width switch { 1 => byte.MaxValue, 2 => ushort.MaxValue, _ => int.MaxValue }))
    {
        if (width is not (1 or 2 or 4 or 8)) throw new ArgumentOutOfRangeException(nameof(width), width, "A length has 1, 2, 4 or 8 bytes.");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxMessage, Array.MaxLength - width);
        (_width, _isLittleEndian) = (width, littleEndian);
    }

    /// <inheritdoc/>
    protected internal override bool TryFind(ReadOnlySpan<byte> received, int searched, out Frame frame)
    {
        frame = default;
        if (received.Length < _width) return false;
        var length = ReadLength(received);
        if (length > (ulong)MaxMessage) throw TooLong();
        frame = new Frame(_width, (int)length, _width + (int)length);
        return received.Length >= frame.End;
    }

    /// <inheritdoc/>
    protected internal override int WritePrefix(ReadOnlySpan<byte> message, Span<byte> prefix)
    {
        ThrowIfTooLong(message);
        switch (_width, _isLittleEndian)
        {
            case (1, _): prefix[0] = (byte)message.Length; break;
            case (2, true): BinaryPrimitives.WriteUInt16LittleEndian(prefix, (ushort)message.Length); break;
            case (2, false): BinaryPrimitives.WriteUInt16BigEndian(prefix, (ushort)message.Length); break;
            case (4, true): BinaryPrimitives.WriteInt32LittleEndian(prefix, message.Length); break;
            case (4, false): BinaryPrimitives.WriteInt32BigEndian(prefix, message.Length); break;
            case (_, true): BinaryPrimitives.WriteInt64LittleEndian(prefix, message.Length); break;
            default: BinaryPrimitives.WriteInt64BigEndian(prefix, message.Length); break;
        }

        return _width;
    }

    private ulong ReadLength(ReadOnlySpan<byte> received) => (_width, _isLittleEndian) switch
    {
        (1, _) => received[0],
        (2, true) => BinaryPrimitives.ReadUInt16LittleEndian(received),
        (2, false) => BinaryPrimitives.ReadUInt16BigEndian(received),
        (4, true) => BinaryPrimitives.ReadUInt32LittleEndian(received),
        (4, false) => BinaryPrimitives.ReadUInt32BigEndian(received),
        (_, true) => BinaryPrimitives.ReadUInt64LittleEndian(received),
        _ => BinaryPrimitives.ReadUInt64BigEndian(received),
    };
}
