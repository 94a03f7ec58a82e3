namespace Argosy.Sockets;

/// <summary>
/// A way to cut a stream of bytes into messages. TCP keeps no boundaries: two writes may be read as one and one as two, so the
/// messages themselves must say where they end. A framing has no state: one serves any number of connections.
/// </summary>
public abstract class Framing
{
    /// <summary>The longest prefix that a framing may put before a message, in bytes.</summary>
    protected internal const int MaxPrefix = 32;

    /// <param name="maxMessage">The longest message in bytes, without what the framing adds.</param>
    protected Framing(int maxMessage)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxMessage);
        MaxMessage = maxMessage;
    }

    /// <summary>The longest message in bytes, sent or received. A longer one is refused before room is made for it.</summary>
    public int MaxMessage { get; }

    /// <summary>What stands behind every message: nothing, or a delimiter.</summary>
    protected internal virtual ReadOnlyMemory<byte> Suffix => default;

    /// <summary>Looks for the first message in what has been received.</summary>
    /// <param name="received">Everything since the end of the last message.</param>
    /// <param name="searched">How much of it an earlier call was given, which found no message there.</param>
    /// <param name="frame">The message's place; without meaning where there is none yet.</param>
    /// <returns>False when more bytes are needed.</returns>
    /// <exception cref="FramingException">The message is too long, or what was received cannot be a message.</exception>
    protected internal abstract bool TryFind(ReadOnlySpan<byte> received, int searched, out Frame frame);

    /// <summary>Writes what stands before a message, up to <see cref="MaxPrefix"/> bytes, and returns how many bytes that is.</summary>
    /// <exception cref="ArgumentException">The message is too long, or contains what would end it.</exception>
    protected internal abstract int WritePrefix(ReadOnlySpan<byte> message, Span<byte> prefix);

    /// <summary>Refuses a message that the other side would refuse.</summary>
    private protected void ThrowIfTooLong(ReadOnlySpan<byte> message)
    {
        if (message.Length > MaxMessage)
            throw new ArgumentException($"A message of {message.Length} bytes is longer than this framing's {MaxMessage}.", nameof(message));
    }

    /// <summary>The error of a message that is longer than <see cref="MaxMessage"/>.</summary>
    private protected FramingException TooLong() =>
        new(FramingError.TooLong, $"The peer sends a message of more than the {MaxMessage} bytes that are allowed.");
}
