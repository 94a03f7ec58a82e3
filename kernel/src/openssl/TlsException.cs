namespace Argosy.Kernel;

/// <summary>OpenSSL could not do what it was asked; the message says why, in its words.</summary>
public sealed class TlsException(string message) : Exception(message)
{
    /// <summary>The alert (RFC 8446, section 6) by which the peer ended it; null where it sent none.</summary>
    public int? Alert { get; init; }
}
