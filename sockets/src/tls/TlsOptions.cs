using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.Sockets;

/// <summary>
/// Options of a handshake that fetches nothing. SslStream looks for missing issuers at the address that a certificate names, which holds up a thread and
/// the handshake for as long as that server likes (15 seconds without an answer); and whoever shows a certificate chooses the address. Who wants that
/// gives a chain policy of his own. The options that a caller gave may serve many handshakes at once, so they are copied, not changed.
/// </summary>
internal static class TlsOptions
{
    // One for each certificate: its chain is built once, and sessions can be resumed.
    private static readonly ConditionalWeakTable<X509Certificate2, SslStreamCertificateContext> Contexts = [];

    internal static SslServerAuthenticationOptions Offline(SslServerAuthenticationOptions given, X509Certificate? selected = null)
    {
        var certificate = selected ?? given.ServerCertificate;
        var context = given.ServerCertificateContext ?? (certificate is X509Certificate2 { HasPrivateKey: true } ours ? ContextOf(ours) : null);
        var offline = new SslServerAuthenticationOptions
        {
            AllowRenegotiation = given.AllowRenegotiation,
            AllowTlsResume = given.AllowTlsResume,
            ApplicationProtocols = given.ApplicationProtocols,
            CertificateChainPolicy = given.CertificateChainPolicy ?? Policy(given.CertificateRevocationCheckMode),
            CertificateRevocationCheckMode = given.CertificateRevocationCheckMode,
            CipherSuitesPolicy = given.CipherSuitesPolicy,
            ClientCertificateRequired = given.ClientCertificateRequired,
            EnabledSslProtocols = given.EnabledSslProtocols,
            EncryptionPolicy = given.EncryptionPolicy,
            RemoteCertificateValidationCallback = given.RemoteCertificateValidationCallback,
            ServerCertificate = context is null ? certificate : null,
            ServerCertificateContext = context,
            ServerCertificateSelectionCallback = certificate is null && context is null ? given.ServerCertificateSelectionCallback : null,
        };
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
            (offline.AllowRsaPkcs1Padding, offline.AllowRsaPssPadding) = (given.AllowRsaPkcs1Padding, given.AllowRsaPssPadding);
        return offline;
    }

    internal static SslClientAuthenticationOptions Offline(SslClientAuthenticationOptions given)
    {
        var offline = new SslClientAuthenticationOptions
        {
            AllowRenegotiation = given.AllowRenegotiation,
            AllowTlsResume = given.AllowTlsResume,
            ApplicationProtocols = given.ApplicationProtocols,
            CertificateChainPolicy = given.CertificateChainPolicy ?? Policy(given.CertificateRevocationCheckMode),
            CertificateRevocationCheckMode = given.CertificateRevocationCheckMode,
            CipherSuitesPolicy = given.CipherSuitesPolicy,
            ClientCertificateContext = given.ClientCertificateContext,
            ClientCertificates = given.ClientCertificates,
            EnabledSslProtocols = given.EnabledSslProtocols,
            EncryptionPolicy = given.EncryptionPolicy,
            LocalCertificateSelectionCallback = given.LocalCertificateSelectionCallback,
            RemoteCertificateValidationCallback = given.RemoteCertificateValidationCallback,
            TargetHost = given.TargetHost,
        };
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
            (offline.AllowRsaPkcs1Padding, offline.AllowRsaPssPadding) = (given.AllowRsaPkcs1Padding, given.AllowRsaPssPadding);
        return offline;
    }

    private static X509ChainPolicy Policy(X509RevocationMode mode) => new()
    {
        DisableCertificateDownloads = true,
        RevocationFlag = X509RevocationFlag.ExcludeRoot, // as SslStream has it without a policy
        RevocationMode = mode,
    };

    private static SslStreamCertificateContext ContextOf(X509Certificate2 certificate) =>
        Contexts.GetValue(certificate, static certificate => SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true));
}
