using System.Security.Cryptography.X509Certificates;

namespace Argosy.Client;

/// <summary>How to reach a server and how to know it. Everything has a safe default.</summary>
public sealed record ClientOptions
{
    /// <summary>
    /// Asked for the password once the server is known to be the right one, where the URL names a user. Null, or an answer of null, is
    /// refused before anything is sent.
    /// </summary>
    public Func<CancellationToken, ValueTask<string?>>? Password { get; init; }

    /// <summary>The only key to accept; it is pinned. Decides before everything else, also over <see cref="ArgosyUrl.Fingerprint"/>.</summary>
    public Fingerprint? Fingerprint { get; init; }

    /// <summary>Asked when a server is unknown and the system does not vouch for it; true pins it. Null: such servers are refused.</summary>
    public Func<UnknownServer, CancellationToken, ValueTask<bool>>? AcceptUnknown { get; init; }

    /// <summary>Where pins are kept; null means <see cref="KnownServers.Default"/>.</summary>
    public KnownServers? KnownServers { get; init; }

    /// <summary>Roots to trust instead of the system's store, for an organisation's own authority.</summary>
    public X509Certificate2Collection? TrustedRoots { get; init; }

    /// <summary>How long the TCP connection and the TLS handshake may take each; 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a server that owes something may be silent; 30 s. Work that takes a server long (hashing, copying, storing
    /// a large upload) is given more. A header that does not become whole, or less than 1 KiB of a body, within this time counts as silence;
    /// so does a server that takes nothing of what it is sent.
    /// </summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How the client names itself to the server.</summary>
    public string ClientName { get; init; } = "argosy/0.1.0";

    /// <summary>What tells how long a server has been silent.</summary>
    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>A <see cref="Password"/> that is known already.</summary>
    public static Func<CancellationToken, ValueTask<string?>> UsePassword(string password) => _ => ValueTask.FromResult<string?>(password);

    /// <summary>False: small files go one by one, as with servers that know no other way.</summary>
    internal bool MayShareRequests { get; init; } = true;
}
