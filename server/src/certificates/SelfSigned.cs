using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.Server;

/// <summary>Makes the certificate of a server whose operator brought none. Clients pin its key, so nobody else has to sign it.</summary>
internal static class SelfSigned
{
    private static readonly TimeSpan Validity = TimeSpan.FromDays(3650);

    /// <summary>A certificate over <paramref name="key"/> for a server reached under <paramref name="names"/> (host names and addresses).</summary>
    public static X509Certificate2 Create(ECDsa key, IReadOnlyCollection<string> names, DateTimeOffset now)
    {
        var request = new CertificateRequest(new X500DistinguishedName("CN=Argosy file server"), key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address)) alternatives.AddIpAddress(address);
            else alternatives.AddDnsName(name);
        }

        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false)); // serverAuth
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));

        // A day back: a client's clock may be behind.
        return request.CreateSelfSigned(now.AddDays(-1), now.Add(Validity));
    }
}
