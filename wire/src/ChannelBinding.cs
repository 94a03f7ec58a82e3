using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.Wire;

/// <summary>What ties a login to the TLS connection that it runs over.</summary>
public static class ChannelBinding
{
    private const string RsaPss = "1.2.840.113549.1.1.10";
    private const string Sha1 = "1.3.14.3.2.26";

    // Signature algorithms, and for RSASSA-PSS the hashes that its parameters can name.
    private static readonly Dictionary<string, HashAlgorithmName> Hashes = new()
    {
        ["1.2.840.113549.1.1.4"] = HashAlgorithmName.MD5, // RSA
        ["1.2.840.113549.1.1.5"] = HashAlgorithmName.SHA1,
        ["1.2.840.113549.1.1.11"] = HashAlgorithmName.SHA256,
        ["1.2.840.113549.1.1.12"] = HashAlgorithmName.SHA384,
        ["1.2.840.113549.1.1.13"] = HashAlgorithmName.SHA512,
        ["1.2.840.10045.4.1"] = HashAlgorithmName.SHA1, // ECDSA
        ["1.2.840.10045.4.3.2"] = HashAlgorithmName.SHA256,
        ["1.2.840.10045.4.3.3"] = HashAlgorithmName.SHA384,
        ["1.2.840.10045.4.3.4"] = HashAlgorithmName.SHA512,
        [Sha1] = HashAlgorithmName.SHA1, // bare hashes
        ["2.16.840.1.101.3.4.2.1"] = HashAlgorithmName.SHA256,
        ["2.16.840.1.101.3.4.2.2"] = HashAlgorithmName.SHA384,
        ["2.16.840.1.101.3.4.2.3"] = HashAlgorithmName.SHA512,
    };

    /// <summary>
    /// The channel binding data of type <c>tls-server-end-point</c> (RFC 5929 section 4.1): the hash of the server's
    /// certificate, by the hash function of its own signature, but by SHA-256 where that is MD5 or SHA-1.
    /// </summary>
    /// <param name="certificate">The certificate that the server presents; its private key is not needed.</param>
    /// <exception cref="NotSupportedException">The certificate's signature has no hash function that RFC 5929 could mean, as
    /// Ed25519's.</exception>
    public static byte[] TlsServerEndPoint(X509Certificate2 certificate)
    {
        var algorithm = certificate.SignatureAlgorithm.Value;
        if (algorithm == RsaPss)
            algorithm = HashOfPss(certificate.RawDataMemory);
        if (algorithm is null || !Hashes.TryGetValue(algorithm, out var hash))
            throw new NotSupportedException(LoginText.NoBinding);
        if (hash == HashAlgorithmName.MD5 || hash == HashAlgorithmName.SHA1)
            hash = HashAlgorithmName.SHA256;
        return CryptographicOperations.HashData(hash, certificate.RawDataMemory.Span);
    }

    /// <summary>
    /// RFC 5280 section 4.1: Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm SEQUENCE { algorithm, parameters },
    /// signature }; RFC 4055 section 3.1: parameters ::= SEQUENCE { hashAlgorithm [0] SEQUENCE { algorithm, … } DEFAULT sha1, …
    /// }.
    /// </summary>
    private static string HashOfPss(ReadOnlyMemory<byte> der)
    {
        var certificate = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        certificate.ReadEncodedValue();
        var algorithm = certificate.ReadSequence();
        algorithm.ReadObjectIdentifier();
        var parameters = algorithm.ReadSequence();
        var tag = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
        var isNamed = parameters.HasData && parameters.PeekTag() == tag;
        return isNamed ? parameters.ReadSequence(tag).ReadSequence().ReadObjectIdentifier() : Sha1;
    }
}
