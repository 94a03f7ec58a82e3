namespace Argosy.Client;

/// <summary>A server met for the first time, whose certificate the system does not vouch for.</summary>
/// <param name="Authority"><c>host:port</c>.</param>
/// <param name="Fingerprint">The key that it showed.</param>
/// <param name="Reason">Why the system does not vouch for it: words for people.</param>
public sealed record UnknownServer(string Authority, Fingerprint Fingerprint, string Reason)
{
    /// <summary>False where its key cannot be kept, because the user has no home folder: it will be as unknown the next time.</summary>
    public bool WillBeKnown { get; init; } = true;
}
