namespace Argosy.Files;

/// <summary>Checksums that this server computes.</summary>
public enum ChecksumAlgorithm
{
    /// <summary>CRC-32C (Castagnoli, RFC 3720 appendix B.4): 4 bytes, big-endian in hexadecimal.</summary>
    Crc32C,

    /// <summary>MD5 (RFC 1321), for those who still ask.</summary>
    Md5,

    /// <summary>SHA-256 (FIPS 180-4).</summary>
    Sha256,
}

/// <summary>One checksum.</summary>
/// <param name="Algorithm">How it was made.</param>
/// <param name="Hex">Lower-case hexadecimal.</param>
public sealed record Checksum(ChecksumAlgorithm Algorithm, string Hex)
{
    /// <summary>What to say of a file whose checksum is another one; null where it is this one.</summary>
    internal string? Mismatch(Checksum computed, RemotePath path) =>
        computed.Hex.Equals(Hex, StringComparison.OrdinalIgnoreCase) ? null : $"{path}: {Algorithm} differs from what was sent; send the file again.";
}
