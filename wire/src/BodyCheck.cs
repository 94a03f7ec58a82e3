namespace Argosy.Wire;

/// <summary>How a body is verified (<c>check</c>).</summary>
public enum BodyCheck
{
    /// <summary>By CRC-32C, in the header or the trailer.</summary>
    Crc32C,

    /// <summary>Not at all.</summary>
    None,
}
