namespace Argosy.Wire;

/// <summary>
/// Cuts the body of a listing into lines, whatever pieces it comes in. Holds one line at most, and that never above
/// <see cref="Limits.Header"/> bytes.
/// </summary>
public sealed class ListDecoder
{
    private readonly ByteStore _line = new(Limits.Header);

    /// <summary>How many lines were read so far; a trailer's <c>count</c> says how many there have to be.</summary>
    public long Count { get; private set; }

    /// <summary>True between lines: a listing that ends elsewhere was cut.</summary>
    public bool IsAtLineStart => _line.Count == 0;

    /// <summary>Takes bytes from the front of <paramref name="available"/>, up to and including the next newline.</summary>
    /// <param name="available">Content of the body, at any length.</param>
    /// <param name="consumed">How many bytes were taken: all, where null is returned.</param>
    /// <returns>The next line, or null where more bytes are needed.</returns>
    /// <exception cref="WireException">A line is over the cap or not a JSON object of the expected form.</exception>
    public ListLine? Read(ReadOnlySpan<byte> available, out int consumed)
    {
        var end = available.IndexOf((byte)'\n');
        consumed = end < 0 ? available.Length : end + 1;
        var part = end < 0 ? available : available[..end];
        if (_line.Count + part.Length > Limits.Header)
            throw new WireException(WireError.TooLarge, FrameText.LongLine);
        if (end < 0)
        {
            _line.Append(part);
            return null;
        }

        Count++;
        if (_line.Count == 0)
            return ListLine.Decode(part);
        _line.Append(part);
        var line = ListLine.Decode(_line.Written);
        _line.Clear();
        return line;
    }
}
