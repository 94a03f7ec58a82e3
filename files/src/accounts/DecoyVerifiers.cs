using System.Security.Cryptography;
using System.Text;

namespace Argosy.Files;

/// <summary>
/// Verifiers for names that nobody has (RFC 5802 section 7 asks for it): the same at every try, of the same shape as real ones,
/// and fitting no password that can be found.
/// </summary>
internal sealed class DecoyVerifiers(byte[] secret)
{
    private const int SaltLength = 16;

    private int[] _iterations = [PasswordVerifier.DefaultIterations];

    /// <summary>Learns which iteration counts real accounts have: a decoy shows one of them.</summary>
    internal void Imitate(IEnumerable<Account> accounts)
    {
        int[] found = [.. accounts.Select(each => each.Verifier?.Iterations ?? PasswordVerifier.DefaultIterations).Distinct().Order()];
        _iterations = found.Length == 0 ? [PasswordVerifier.DefaultIterations] : found;
    }

    internal PasswordVerifier For(string name)
    {
        var iterations = _iterations;
        var chosen = iterations[0];
        if (iterations.Length > 1)
        {
            // The highest draw wins, so that a name keeps its count when others come or go (rendezvous hashing).
            chosen = iterations.MaxBy(count => BitConverter.ToUInt64(Derive($"iterations {count}", name)));
        }

        return new PasswordVerifier(Derive("salt", name)[..SaltLength], chosen, Derive("stored key", name), Derive("server key", name));
    }

    private byte[] Derive(string purpose, string name) => HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{purpose}\0{name}"));
}
