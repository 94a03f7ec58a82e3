using System.Security.Cryptography;
using System.Text;

namespace Argosy.Wire;

/// <summary>The arithmetic of RFC 5802 section 3, with SHA-256.</summary>
internal static class ScramKeys
{
    internal const int Length = 32;

    /// <summary>Costs the iteration count: about 0.4 µs each.</summary>
    internal static byte[] SaltedPassword(string normalizedPassword, byte[] salt, int iterations)
    {
        var password = Encoding.UTF8.GetBytes(normalizedPassword);
        var salted = Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, Length);
        CryptographicOperations.ZeroMemory(password);
        return salted;
    }

    internal static byte[] ClientKey(byte[] saltedPassword) => HMACSHA256.HashData(saltedPassword, "Client Key"u8);

    internal static byte[] ServerKey(byte[] saltedPassword) => HMACSHA256.HashData(saltedPassword, "Server Key"u8);

    internal static byte[] Sign(byte[] key, string authMessage) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(authMessage));

    internal static byte[] Xor(byte[] one, byte[] other)
    {
        var result = new byte[Length];
        for (var i = 0; i < Length; i++)
            result[i] = (byte)(one[i] ^ other[i]);
        return result;
    }

    internal static string NewNonce() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(24));

    /// <summary>The value of <c>c</c>: the gs2 header and, where it says <c>p</c>, the channel's data.</summary>
    internal static byte[] BindingInput(string gs2Header, byte[]? channelBinding) => gs2Header[0] == 'p'
        ? [.. Encoding.UTF8.GetBytes(gs2Header), .. channelBinding!]
        : Encoding.UTF8.GetBytes(gs2Header);
}
