namespace Argosy.Sockets;

/// <summary>
/// Bytes that end each message and stand in none:
/// <code>message | delimiter</code>
/// </summary>
public sealed class DelimiterFraming : Framing
{
    private readonly byte[] _delimiter;

    /// <param name="delimiter">What ends a message: at least one byte.</param>
    /// <param name="maxMessage">The longest message in bytes, without the delimiter.</param>
    public DelimiterFraming(ReadOnlySpan<byte> delimiter, int maxMessage)
        : base(maxMessage)
    {
        if (delimiter.IsEmpty) throw new ArgumentException("A delimiter has at least one byte.", nameof(delimiter));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxMessage, Array.MaxLength - delimiter.Length);
        _delimiter = delimiter.ToArray();
    }

    /// <inheritdoc/>
    protected internal override ReadOnlyMemory<byte> Suffix => _delimiter;

    /// <inheritdoc/>
    protected internal override bool TryFind(ReadOnlySpan<byte> received, int searched, out Frame frame)
    {
        var from = Math.Max(0, searched - _delimiter.Length + 1); // its first bytes may have come with the last segment
        var found = received[from..].IndexOf(_delimiter);
        var length = from + found;
        if (found < 0 ? received.Length - _delimiter.Length >= MaxMessage : length > MaxMessage) throw TooLong();
        frame = new Frame(0, length, length + _delimiter.Length);
        return found >= 0;
    }

    /// <inheritdoc/>
    protected internal override int WritePrefix(ReadOnlySpan<byte> message, Span<byte> prefix)
    {
        ThrowIfTooLong(message);
        if (FirstEnd(message) < message.Length)
            throw new ArgumentException("The message contains the delimiter that would end it; use a length prefix for any bytes.", nameof(message));
        return 0;
    }

    /// <summary>Where the first delimiter begins in the message as it is sent; one may begin within it and end in the one behind it.</summary>
    private int FirstEnd(ReadOnlySpan<byte> message)
    {
        var found = message.IndexOf(_delimiter);
        if (found >= 0) return found;
        for (var start = Math.Max(0, message.Length - _delimiter.Length + 1); start < message.Length; start++)
        {
            var inside = message.Length - start;
            if (message[start..].SequenceEqual(_delimiter.AsSpan(0, inside))
                && _delimiter.AsSpan(inside).SequenceEqual(_delimiter.AsSpan(0, _delimiter.Length - inside)))
                return start;
        }

        return message.Length;
    }
}
