using System.Buffers.Text;
using System.Globalization;

namespace Argosy.Sockets;

/// <summary>
/// Netstrings (D. J. Bernstein, 1997): a length that people can read, and a comma that shows whether both sides still agree.
/// <code>length in decimal digits | ":" | message (length bytes) | ","</code>
/// A length has no leading zero, so each message has one form only.
/// </summary>
public sealed class NetstringFraming : Framing
{
    private const byte Colon = (byte)':';
    private const byte Comma = (byte)',';

    private readonly int _maxDigits;

    /// <param name="maxMessage">The longest message in bytes.</param>
    public NetstringFraming(int maxMessage)
        : base(maxMessage)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxMessage, Array.MaxLength - MaxPrefix);
        _maxDigits = maxMessage.ToString(CultureInfo.InvariantCulture).Length;
    }

    /// <inheritdoc/>
    protected internal override ReadOnlyMemory<byte> Suffix { get; } = new[] { Comma };

    /// <inheritdoc/>
    protected internal override bool TryFind(ReadOnlySpan<byte> received, int searched, out Frame frame)
    {
        frame = default;
        var digits = received.IndexOfAnyExceptInRange((byte)'0', (byte)'9') is >= 0 and var other ? other : received.Length;
        if (digits > 1 && received[0] == '0') throw Malformed("a length begins with 0");
        if (digits > _maxDigits) throw TooLong();
        if (digits == received.Length) return false; // the length goes on
        if (digits == 0 || received[digits] != Colon) throw Malformed("no length and colon where a message should begin");
        _ = Utf8Parser.TryParse(received[..digits], out long length, out _);
        if (length > MaxMessage) throw TooLong();
        frame = new Frame(digits + 1, (int)length, digits + 1 + (int)length + 1);
        if (received.Length < frame.End) return false;
        return received[frame.End - 1] == Comma ? true : throw Malformed("no comma where a message should end");
    }

    /// <inheritdoc/>
    protected internal override int WritePrefix(ReadOnlySpan<byte> message, Span<byte> prefix)
    {
        ThrowIfTooLong(message);
        _ = Utf8Formatter.TryFormat(message.Length, prefix, out var digits);
        prefix[digits] = Colon;
        return digits + 1;
    }

    private static FramingException Malformed(string what) => new(FramingError.Malformed, $"The peer does not send netstrings: {what}.");
}
