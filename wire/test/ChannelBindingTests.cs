using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.Wire.Tests;

public sealed class ChannelBindingTests
{
    private static readonly RSA Rsa = RSA.Create(2048);

    [Theory]
    [InlineData("SHA256")]
    [InlineData("SHA384")]
    [InlineData("SHA512")]
    public void The_certificates_own_hash_function_is_used(string name)
    {
        var hash = new HashAlgorithmName(name);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        AssertHash(hash, new CertificateRequest("CN=a", key, hash));
        AssertHash(hash, new CertificateRequest("CN=a", Rsa, hash, RSASignaturePadding.Pkcs1));
        AssertHash(hash, new CertificateRequest("CN=a", Rsa, hash, RSASignaturePadding.Pss));
    }

    [Theory]
    [InlineData("30 0d 06 09 2a 86 48 86 f7 0d 01 01 04 05 00")] // md5WithRSAEncryption
    [InlineData("30 0d 06 09 2a 86 48 86 f7 0d 01 01 05 05 00")] // sha1WithRSAEncryption
    [InlineData("30 09 06 07 2a 86 48 ce 3d 04 01")] // ecdsa-with-SHA1
    [InlineData("30 0d 06 09 2a 86 48 86 f7 0d 01 01 0a 30 00")] // RSASSA-PSS, all defaults: SHA-1
    public void MD5_and_SHA_1_give_way_to_SHA_256(string algorithm)
    {
        using var certificate = SignedAs(Bytes.OfHex(algorithm));
        Assert.Equal(SHA256.HashData(certificate.RawData), ChannelBinding.TlsServerEndPoint(certificate));
    }

    [Theory]
    [InlineData("30 05 06 03 2b 65 70")] // Ed25519
    [InlineData("30 0d 06 09 2a 86 48 86 f7 0d 01 01 0e 05 00")] // sha224WithRSAEncryption
    public void A_signature_without_a_usable_hash_is_not_supported(string algorithm)
    {
        using var certificate = SignedAs(Bytes.OfHex(algorithm));
        Assert.Throws<NotSupportedException>(() => ChannelBinding.TlsServerEndPoint(certificate));
    }

    private static void AssertHash(HashAlgorithmName hash, CertificateRequest request)
    {
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
        Assert.Equal(CryptographicOperations.HashData(hash, certificate.RawData), ChannelBinding.TlsServerEndPoint(certificate));
    }

    private static X509Certificate2 SignedAs(byte[] algorithm)
    {
        var request = new CertificateRequest(new X500DistinguishedName("CN=a"), new PublicKey(Rsa), HashAlgorithmName.SHA256);
        return request.Create(request.SubjectName, new Pretender(algorithm), DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1), [1]);
    }

    /// <summary>Claims any signature algorithm and signs nothing: only the name of the algorithm matters here.</summary>
    private sealed class Pretender(byte[] algorithm) : X509SignatureGenerator
    {
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) => algorithm;

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => new byte[64];

        protected override PublicKey BuildPublicKey() => new(Rsa);
    }
}
