namespace Argosy.Wire;

/// <summary>Tells TLS from plain on one port (docs/protocol.md section 3).</summary>
public static class TransportDetector
{
    /// <summary>How many bytes <see cref="IsTls"/> needs.</summary>
    public const int Needed = 3;

    /// <summary>
    /// True where the first bytes of a connection open a TLS handshake record (RFC 8446 section 5.1: type 22, legacy version 3.1
    /// to 3.4). A plain first header is below 4,096 bytes, so that the third byte of its length is zero.
    /// </summary>
    /// <param name="first">At least the first <see cref="Needed"/> bytes.</param>
    /// <exception cref="ArgumentException">Fewer bytes were given.</exception>
    public static bool IsTls(ReadOnlySpan<byte> first) => first.Length >= Needed
        ? first[0] == 0x16 && first[1] == 0x03 && first[2] is >= 0x01 and <= 0x04
        : throw new ArgumentException($"The first {Needed} bytes are needed.", nameof(first));
}
