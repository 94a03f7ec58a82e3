using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Argosy.Client;

/// <summary>
/// What a server is known by: SHA-256 over its certificate's SubjectPublicKeyInfo (as in RFC 7469 section 2.4), so that a renewed
/// certificate with the same key stays the same server.
/// </summary>
public sealed class Fingerprint : IEquatable<Fingerprint>
{
    private const string Prefix = "sha256:";
    private readonly string _hex;

    private Fingerprint(string hex) => _hex = hex;

    /// <summary>The fingerprint of a certificate's public key.</summary>
    public static Fingerprint Of(X509Certificate2 certificate) =>
        new(Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo())));

    /// <summary>Reads <c>sha256:</c> and 64 hexadecimal digits, or as many bytes in base64 (43 characters, a final = allowed).</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static Fingerprint Parse(string text) => TryParse(text, out var fingerprint)
        ? fingerprint
        : throw new FormatException($"{UrlText.Quoted(text)} is not a fingerprint: write sha256: and 64 hexadecimal digits.");

    /// <summary>As <see cref="Parse"/>, but false instead of an exception.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out Fingerprint? fingerprint)
    {
        fingerprint = null;
        if (!text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return false;
        var digits = text[Prefix.Length..];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        if (digits.Length == 64 && !digits.ContainsAnyExcept("0123456789abcdefABCDEF"))
            Convert.FromHexString(digits, hash, out _, out _);
        else if (digits.Length is not (43 or 44)
                 || !Convert.TryFromBase64String($"{digits.TrimEnd('=')}=", hash, out var written)
                 || written != hash.Length)
            return false;
        fingerprint = new Fingerprint(Convert.ToHexStringLower(hash));
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(Fingerprint? other) => other is not null && other._hex == _hex;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Fingerprint);

    /// <inheritdoc/>
    public override int GetHashCode() => _hex.GetHashCode(StringComparison.Ordinal);

    /// <summary><c>sha256:</c> and 64 lower-case hexadecimal digits.</summary>
    public override string ToString() => Prefix + _hex;
}
