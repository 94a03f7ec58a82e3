using System.Security.Cryptography;

namespace Argosy.Client.Tests;

public sealed class FingerprintTests
{
    [Fact]
    public void It_is_the_sum_of_the_public_key_and_survives_a_renewal()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var first = Certificates.SelfSigned("first", key);
        using var second = Certificates.SelfSigned("second", key);
        var expected = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
        Assert.Equal(expected, Fingerprint.Of(first).ToString());
        Assert.Equal(Fingerprint.Of(first), Fingerprint.Of(second));
    }

    [Fact]
    public void Hexadecimal_and_base64_mean_the_same()
    {
        var hash = SHA256.HashData("key"u8);
        var hex = Fingerprint.Parse("sha256:" + Convert.ToHexString(hash));
        Assert.Equal(hex, Fingerprint.Parse("SHA256:" + Convert.ToBase64String(hash)));
        Assert.Equal(hex, Fingerprint.Parse("SHA256:" + Convert.ToBase64String(hash).TrimEnd('=')));
        Assert.Equal(hex.GetHashCode(), Fingerprint.Parse(hex.ToString()).GetHashCode());
    }

    [Theory]
    [InlineData("")]
    [InlineData("sha256:")]
    [InlineData("md5:00")]
    [InlineData("sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddee")]
    [InlineData("sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeefg")]
    public void Anything_else_is_refused(string text) => Assert.Throws<FormatException>(() => Fingerprint.Parse(text));
}
