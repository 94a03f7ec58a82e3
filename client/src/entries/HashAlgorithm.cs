namespace Argosy.Client;

/// <summary>Checksums that a server computes.</summary>
public enum HashAlgorithm
{
    /// <summary>CRC-32C: cheap, against accidents.</summary>
    Crc32C,

    /// <summary>MD5, for those who still ask.</summary>
    Md5,

    /// <summary>SHA-256: against intent.</summary>
    Sha256,
}
