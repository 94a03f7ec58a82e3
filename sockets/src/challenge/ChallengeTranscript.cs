using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Argosy.Sockets;

/// <summary>
/// What both sides have said, and the codes over it. Each code begins with the name of its role, so none can stand for another, and
/// covers both nonces and both digest names, so none is of use anywhere else:
/// <code>HMAC-SHA-256(key, label | 00 | length (2) | challenge | length (2) | response without proof)</code>
/// </summary>
internal readonly struct ChallengeTranscript(ReadOnlyMemory<byte> key, byte[] challenge, byte[] response)
{
    /// <summary>The client's proof.</summary>
    internal byte[] ClientProof() => Code("argosy challenge client"u8);

    /// <summary>The server's proof.</summary>
    internal byte[] ServerProof() => Code("argosy challenge server"u8);

    /// <summary>What the two sides share from here on.</summary>
    internal byte[] Secret() => Code("argosy challenge secret"u8);

    /// <summary>In a time that does not depend on where they differ.</summary>
    /// <exception cref="ChallengeException">They differ.</exception>
    internal static void Check(byte[] expected, byte[] proof)
    {
        if (!CryptographicOperations.FixedTimeEquals(expected, proof))
            throw new ChallengeException(ChallengeError.NotAuthentic, "The peer's proof is wrong: it does not know the key.");
    }

    private byte[] Code(ReadOnlySpan<byte> label)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key.Span);
        Span<byte> length = stackalloc byte[sizeof(ushort)];
        mac.AppendData(label);
        mac.AppendData([0]);
        foreach (var message in (ReadOnlySpan<byte[]>)[challenge, response])
        {
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)message.Length);
            mac.AppendData(length);
            mac.AppendData(message);
        }

        return mac.GetHashAndReset();
    }
}
