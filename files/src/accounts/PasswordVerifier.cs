using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Argosy.Files;

/// <summary>
/// What is stored instead of a password: SCRAM-SHA-256's salt, iteration count, StoredKey and ServerKey (RFC 5802 section 3, RFC 7677).
/// </summary>
/// <param name="Salt">Random, 16 bytes for new ones.</param>
/// <param name="Iterations">PBKDF2 rounds, at least 4,096.</param>
/// <param name="StoredKey">H(ClientKey), 32 bytes.</param>
/// <param name="ServerKey">HMAC(SaltedPassword, "Server Key"), 32 bytes.</param>
public sealed record PasswordVerifier(byte[] Salt, int Iterations, byte[] StoredKey, byte[] ServerKey)
{
    /// <summary>The fewest rounds that RFC 7677 section 4 allows.</summary>
    public const int MinIterations = 4096;

    /// <summary>The most rounds: what is above only keeps a server busy.</summary>
    public const int MaxIterations = 10_000_000;

    /// <summary>Rounds of new verifiers.</summary>
    public const int DefaultIterations = 50_000;

    /// <summary>
    /// Fewest characters of a password that somebody chooses. Guesses over the network are few (<see cref="BanRule"/>), so this keeps out what is guessed in a
    /// few dozen tries; passwords that were chosen elsewhere, and come by import, may be shorter.
    /// </summary>
    public const int MinChosenLength = 6;

    /// <summary>Most characters of a password.</summary>
    public const int MaxPasswordLength = 1024;

    private const int KeyLength = SHA256.HashSizeInBytes;
    private const int SaltLength = 16;
    private const string Mechanism = "SCRAM-SHA-256";

    /// <summary>Makes a verifier from a password, with a fresh salt. Costs the iteration count: keep it off a loop.</summary>
    /// <exception cref="ArgumentException">The password is empty, too long, holds control characters or is no valid Unicode.</exception>
    public static PasswordVerifier Create(string password) => Create(password, RandomNumberGenerator.GetBytes(SaltLength), DefaultIterations);

    internal static PasswordVerifier Create(string password, byte[] salt, int iterations)
    {
        if (Prepare(password) is not { } prepared)
        {
            throw new ArgumentException(
                $"A password has 1 to {MaxPasswordLength} characters of valid Unicode, none of them control characters.", nameof(password));
        }

        var (storedKey, serverKey) = Derive(prepared, salt, iterations);
        return new PasswordVerifier(salt, iterations, storedKey, serverKey);
    }

    /// <summary>True where <paramref name="password"/> is the one, compared in constant time.</summary>
    /// <remarks>Costs the iteration count. A verifier that makes no sense fits no password.</remarks>
    public bool Verify(string password)
    {
        if (!IsSound || Prepare(password) is not { } prepared) return false;

        var (storedKey, serverKey) = Derive(prepared, Salt, Iterations);

        // Both, always: no early exit may tell which one differed.
        return CryptographicOperations.FixedTimeEquals(storedKey, StoredKey) & CryptographicOperations.FixedTimeEquals(serverKey, ServerKey);
    }

    /// <summary>A verifier from <see cref="Format"/>'s form, which is PostgreSQL's too.</summary>
    /// <exception cref="FormatException">It is anything else. The message does not repeat it.</exception>
    public static PasswordVerifier Parse(string text)
    {
        var parts = text.Split('$', ':');
        if (parts.Length == 5
            && parts[0] == Mechanism
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var iterations)
            && text == $"{parts[0]}${parts[1]}:{parts[2]}${parts[3]}:{parts[4]}"
            && TryDecode(parts[2], out var salt) && TryDecode(parts[3], out var storedKey) && TryDecode(parts[4], out var serverKey)
            && new PasswordVerifier(salt, iterations, storedKey, serverKey) is { IsSound: true } verifier)
        {
            return verifier;
        }

        throw new FormatException(AccountText.BadVerifier(Mechanism, MinIterations));
    }

    /// <summary>One line for a store: <c>SCRAM-SHA-256$ITERATIONS:SALT$STOREDKEY:SERVERKEY</c>, in base64. Keep it secret: its ServerKey lets its
    /// reader play the server, and passwords can be guessed against it.</summary>
    public string Format() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Mechanism}${Iterations}:{Convert.ToBase64String(Salt)}${Convert.ToBase64String(StoredKey)}:{Convert.ToBase64String(ServerKey)}");

    /// <summary>Says nothing of the keys, so that it may come into a log.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Mechanism}, {Iterations} iterations");

    /// <inheritdoc/>
    public bool Equals(PasswordVerifier? other) =>
        other is not null
        && Iterations == other.Iterations
        && CryptographicOperations.FixedTimeEquals(Salt, other.Salt)
        && CryptographicOperations.FixedTimeEquals(StoredKey, other.StoredKey)
        && CryptographicOperations.FixedTimeEquals(ServerKey, other.ServerKey);

    /// <inheritdoc/>
    public override int GetHashCode() => Salt.Length >= sizeof(int) ? BitConverter.ToInt32(Salt) : 0;

    private bool IsSound =>
        Salt.Length is >= 8 and <= 64
        && Iterations is >= MinIterations and <= MaxIterations
        && StoredKey.Length == KeyLength
        && ServerKey.Length == KeyLength;

    /// <summary>The password's bytes in NFKC; null where it is refused. Unlike SASLprep (RFC 4013) nothing is mapped away: every client can do this much.</summary>
    private static byte[]? Prepare(string password)
    {
        if (password.Length is 0 or > MaxPasswordLength || password.Any(char.IsControl)) return null;

        return Nfkc.Of(password) is { Length: > 0 } normal ? Encoding.UTF8.GetBytes(normal) : null;
    }

    /// <summary>RFC 5802 section 3.</summary>
    private static (byte[] StoredKey, byte[] ServerKey) Derive(byte[] password, byte[] salt, int iterations)
    {
        var salted = Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, KeyLength);
        var clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        return (SHA256.HashData(clientKey), HMACSHA256.HashData(salted, "Server Key"u8));
    }

    private static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length)) return false;

        Array.Resize(ref bytes, length);
        return true;
    }
}
