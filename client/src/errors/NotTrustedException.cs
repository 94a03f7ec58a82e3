namespace Argosy.Client;

/// <summary>
/// The server could not show that it is the one meant: an unknown or changed key, a failed TLS handshake, or a login in which it did
/// not prove that it knows the account. Nothing secret was sent. Exit code 4.
/// </summary>
public sealed class NotTrustedException : ClientException
{
    internal NotTrustedException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>The key that the server showed; null where it showed none.</summary>
    public Fingerprint? Presented { get; internal init; }

    /// <summary>The key that was expected; null where none was known.</summary>
    public Fingerprint? Expected { get; internal init; }

    /// <inheritdoc/>
    public override int ExitCode => 4;
}
