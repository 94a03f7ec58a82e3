using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.Client.Tests;

/// <summary>Certificates for servers in tests.</summary>
internal static class Certificates
{
    private static readonly DateTimeOffset From = DateTimeOffset.UtcNow.AddDays(-1);
    private static readonly DateTimeOffset Until = DateTimeOffset.UtcNow.AddDays(30);

    public static X509Certificate2 SelfSigned(string name = "localhost")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return SelfSigned(name, key);
    }

    public static X509Certificate2 SelfSigned(string name, ECDsa key) => Request(name, key).CreateSelfSigned(From, Until);

    /// <summary>An authority and a certificate for <paramref name="name"/> that it signed.</summary>
    public static (X509Certificate2 Root, X509Certificate2 Leaf) Signed(string name)
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest("CN=Test authority", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        rootRequest.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(rootRequest.PublicKey, false));
        var root = rootRequest.CreateSelfSigned(From, Until);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leaf = Request(name, key).Create(root, From, Until.AddDays(-1), RandomNumberGenerator.GetBytes(8));
        return (root, leaf.CopyWithPrivateKey(key));
    }

    private static CertificateRequest Request(string name, ECDsa key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        return request;
    }
}
