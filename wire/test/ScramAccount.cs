using System.Security.Cryptography;
using System.Text;

namespace Argosy.Wire.Tests;

/// <summary>What a server stores of an account, computed by other means than the code under test.</summary>
internal sealed record ScramAccount(byte[] Salt, int Iterations, byte[] StoredKey, byte[] ServerKey)
{
    private static readonly byte[] UsualSalt = [1, 2, 3, 4, 5, 6, 7, 8];

    internal static ScramAccount Of(string password, byte[]? salt = null, int iterations = 4096)
    {
        salt ??= UsualSalt;
        var salted = SaltedPassword(password, salt, iterations);
        return new(salt, iterations, SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8)), HMACSHA256.HashData(salted, "Server Key"u8));
    }

    internal string Challenge(ScramServer server) => server.Challenge(Salt, Iterations, StoredKey, ServerKey);

    /// <summary>The proof of a client that knows the password, over any messages: with <see cref="Of"/>'s usual salt and iterations.</summary>
    internal static string Prove(string password, string authMessage)
    {
        var clientKey = HMACSHA256.HashData(SaltedPassword(password, UsualSalt, 4096), "Client Key"u8);
        var signature = HMACSHA256.HashData(SHA256.HashData(clientKey), Encoding.UTF8.GetBytes(authMessage));
        return Convert.ToBase64String([.. clientKey.Zip(signature, (one, other) => (byte)(one ^ other))]);
    }

    private static byte[] SaltedPassword(string password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, HashAlgorithmName.SHA256, 32);
}
