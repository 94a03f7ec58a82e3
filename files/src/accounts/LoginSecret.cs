using System.Security.Cryptography;

namespace Argosy.Files;

/// <summary>The server's secret in the data folder: made-up verifiers stay the same over restarts and cannot be foretold.</summary>
internal static class LoginSecret
{
    internal const string FileName = "login-secret";
    private const int Length = 32;

    /// <summary>Reads it, or makes it. Processes that start at once agree on one.</summary>
    /// <exception cref="AccountStoreException">It cannot be read or is not what was written.</exception>
    internal static byte[] Open(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            if (!File.Exists(path)) DurableFile.TryCreate(path, RandomNumberGenerator.GetBytes(Length));

            var secret = OperatingSystem.IsLinux() ? OwnFile.Read(path) ?? [] : File.ReadAllBytes(path);
            return secret.Length == Length
                ? secret
                : throw new AccountStoreException(AccountText.SecretOfOtherLength(path, secret.Length, Length));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AccountStoreException(AccountText.NoSecret(IoFault.Describe(e, path)), e);
        }
    }
}
