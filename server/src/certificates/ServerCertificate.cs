using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.Server;

/// <summary>The certificate that TLS connections are given, with its key and chain.</summary>
public sealed class ServerCertificate
{
    internal ServerCertificate(X509Certificate2 leaf, X509Certificate2Collection chain)
    {
        Leaf = leaf;
        Context = SslStreamCertificateContext.Create(leaf, chain, offline: true);
        Fingerprint = FingerprintOf(leaf);
    }

    /// <summary>The server's own certificate; its private key is with it.</summary>
    public X509Certificate2 Leaf { get; }

    /// <summary>What a TLS handshake is given.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary><c>sha256:</c> and the SHA-256 of the SubjectPublicKeyInfo (RFC 7469 section 2.4 hashes the same bytes) in lower-case
    /// hexadecimal: what clients pin. It survives a renewal with the same key.</summary>
    public string Fingerprint { get; }

    internal static string FingerprintOf(X509Certificate2 certificate) =>
        "sha256:" + Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
}
