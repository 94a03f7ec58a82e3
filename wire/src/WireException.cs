namespace Argosy.Wire;

/// <summary>The peer broke a rule of the protocol. The message names the rule or the field and never repeats bytes of the
/// peer.</summary>
public sealed class WireException : Exception
{
    /// <summary>Names the rule that was broken.</summary>
    public WireException(WireError error, string message, long? id = null, Exception? inner = null)
        : base(message, inner)
    {
        Error = error;
        Id = id;
    }

    /// <summary>What to answer.</summary>
    public WireError Error { get; }

    /// <summary>The request that it belongs to, where that is known.</summary>
    public long? Id { get; }

    /// <summary>True where the connection cannot go on.</summary>
    public bool IsFatal => Error.IsFatal();
}
