namespace Argosy.Sockets;

/// <summary>How a line ends on the wire.</summary>
public enum LineEnding
{
    /// <summary>A line feed alone.</summary>
    Lf,

    /// <summary>Carriage return and line feed: what Internet protocols send.</summary>
    CrLf,
}

/// <summary>
/// Lines. Sent with one ending, received with either: a carriage return before the line feed belongs to the ending, so people with
/// a terminal and programs of every system are understood. Where the bytes before the ending matter, use <see cref="DelimiterFraming"/>.
/// <code>line | CR LF  or  line | LF</code>
/// </summary>
public sealed class LineFraming : Framing
{
    private const byte Cr = (byte)'\r';
    private const byte Lf = (byte)'\n';

    /// <param name="maxLine">The longest line in bytes, without its ending.</param>
    /// <param name="ending">How lines are sent.</param>
    public LineFraming(int maxLine, LineEnding ending = LineEnding.CrLf)
        : base(maxLine)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxLine, Array.MaxLength - 2);
        Suffix = ending == LineEnding.CrLf ? "\r\n"u8.ToArray() : "\n"u8.ToArray();
    }

    /// <inheritdoc/>
    protected internal override ReadOnlyMemory<byte> Suffix { get; }

    /// <inheritdoc/>
    protected internal override bool TryFind(ReadOnlySpan<byte> received, int searched, out Frame frame)
    {
        var found = received[searched..].IndexOf(Lf);
        var content = found < 0 ? received : received[..(searched + found)];
        var length = content.EndsWith((ReadOnlySpan<byte>)[Cr]) ? content.Length - 1 : content.Length;
        if (length > MaxMessage) throw TooLong();
        frame = new Frame(0, length, content.Length + 1);
        return found >= 0;
    }

    /// <inheritdoc/>
    protected internal override int WritePrefix(ReadOnlySpan<byte> message, Span<byte> prefix)
    {
        ThrowIfTooLong(message);
        if (message.Contains(Lf) || message.EndsWith((ReadOnlySpan<byte>)[Cr]))
            throw new ArgumentException("A line contains no line feed and ends with no carriage return.", nameof(message));
        return 0;
    }
}
