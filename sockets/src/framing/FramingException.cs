namespace Argosy.Sockets;

/// <summary>What is wrong with a received message.</summary>
public enum FramingError
{
    /// <summary>It is longer than allowed.</summary>
    TooLong,

    /// <summary>The stream ended within it.</summary>
    CutShort,

    /// <summary>It breaks the framing's own rules.</summary>
    Malformed,
}

/// <summary>The peer does not keep to the framing; where its next message would begin is unknown, so the connection is of no more use.</summary>
public sealed class FramingException(FramingError error, string message) : IOException(message)
{
    /// <summary>The cause.</summary>
    public FramingError Error { get; } = error;
}
