namespace Argosy.Sockets;

/// <summary>Why a challenge failed.</summary>
public enum ChallengeError
{
    /// <summary>The peer's proof is wrong: another key, or an answer that belongs to another connection or to the other role.</summary>
    NotAuthentic,

    /// <summary>The peer names a digest that is not accepted. Only one is; nothing falls back.</summary>
    UnknownDigest,

    /// <summary>What the peer sent is not a message of the exchange, or longer than any of them.</summary>
    Malformed,

    /// <summary>The peer refused, or closed the connection instead of answering: most often it has another key.</summary>
    Refused,
}

/// <summary>The peer has not shown that it knows the key. Close the connection; nothing that it sends can be trusted.</summary>
public sealed class ChallengeException(ChallengeError error, string message, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>The cause.</summary>
    public ChallengeError Error { get; } = error;
}
