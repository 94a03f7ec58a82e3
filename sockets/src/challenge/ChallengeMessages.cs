using System.Security.Cryptography;

namespace Argosy.Sockets;

/// <summary>
/// The messages of a challenge, each in a frame with a 2-byte big-endian length (docs/decisions/0006-hmac-challenge.md):
/// <code>
/// challenge  01 | n (1) | digest name (n) | nonce (32)
/// response   02 | n (1) | digest name (n) | nonce (32) | proof (32)
/// confirm    03 | proof (32)
/// refusal    00
/// </code>
/// </summary>
internal static class ChallengeMessages
{
    internal const int NonceBytes = 32;
    internal const int ProofBytes = HMACSHA256.HashSizeInBytes;

    /// <summary>More than the longest message. Until the peer has proved itself, nothing longer is read.</summary>
    internal const int MaxMessage = 128;

    internal static readonly byte[] Refusal = [0];

    private const byte ChallengeType = 1;
    private const byte ResponseType = 2;
    private const byte ConfirmType = 3;

    private static ReadOnlySpan<byte> Digest => "sha256"u8;

    private static int HeadBytes => 2 + Digest.Length + NonceBytes;

    /// <summary>A challenge, or a response without its proof: with a nonce of its own.</summary>
    internal static byte[] Challenge() => Head(ChallengeType);

    /// <inheritdoc cref="Challenge"/>
    internal static byte[] Response() => Head(ResponseType);

    internal static byte[] Confirm(ReadOnlySpan<byte> proof) => [ConfirmType, .. proof];

    /// <exception cref="ChallengeException">It is no challenge, or names another digest.</exception>
    internal static void CheckChallenge(ReadOnlySpan<byte> message) => CheckHead(message, ChallengeType, HeadBytes);

    /// <summary>Takes a response apart: what the proof is about, and the proof.</summary>
    /// <exception cref="ChallengeException">It is no response, or names another digest.</exception>
    internal static (byte[] Head, byte[] Proof) ReadResponse(ReadOnlySpan<byte> message)
    {
        CheckHead(message, ResponseType, HeadBytes + ProofBytes);
        return (message[..HeadBytes].ToArray(), message[HeadBytes..].ToArray());
    }

    /// <returns>The proof.</returns>
    /// <exception cref="ChallengeException">It is no confirmation.</exception>
    internal static byte[] ReadConfirm(ReadOnlySpan<byte> message)
    {
        CheckType(message, ConfirmType);
        return message.Length == 1 + ProofBytes ? message[1..].ToArray() : throw Malformed();
    }

    internal static ChallengeException Malformed(Exception? inner = null) => new(
        ChallengeError.Malformed, "The peer does not speak the challenge protocol, or another version of it.", inner);

    private static byte[] Head(byte type) => [type, (byte)Digest.Length, .. Digest, .. RandomNumberGenerator.GetBytes(NonceBytes)];

    private static void CheckHead(ReadOnlySpan<byte> message, byte type, int length)
    {
        CheckType(message, type);
        if (message.Length < 2 || message.Length < 2 + message[1]) throw Malformed();
        if (!message.Slice(2, message[1]).SequenceEqual(Digest))
            throw new ChallengeException(ChallengeError.UnknownDigest, "The peer names a digest other than sha256, the only one accepted.");
        if (message.Length != length) throw Malformed();
    }

    private static void CheckType(ReadOnlySpan<byte> message, byte type)
    {
        if (message.SequenceEqual(Refusal))
            throw new ChallengeException(ChallengeError.Refused, "The peer refused the challenge; check that both sides have the same key.");
        if (message.IsEmpty || message[0] != type) throw Malformed();
    }
}
