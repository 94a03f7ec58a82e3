namespace Argosy.Wire;

/// <summary>What follows a header (docs/protocol.md section 1.1): nothing, exactly so many bytes, or chunks and a
/// trailer.</summary>
public readonly record struct Body
{
    private const long ChunkedCode = -1;

    // 0 is "none", so that the default value announces nothing; an exact length is stored one higher.
    private readonly long _code;

    private Body(long code) => _code = code;

    /// <summary>Nothing follows.</summary>
    public static Body None => default;

    /// <summary>Chunks follow, then a trailer.</summary>
    public static Body Chunked => new(ChunkedCode);

    /// <summary>True where nothing was announced; an exact length of 0 is not "none".</summary>
    public bool IsNone => _code == 0;

    /// <summary>True where chunks follow.</summary>
    public bool IsChunked => _code == ChunkedCode;

    /// <summary>The announced number of bytes; null where none or chunked.</summary>
    public long? Length => _code > 0 ? _code - 1 : null;

    /// <summary>Exactly <paramref name="length"/> bytes follow, 0 to 2^53.</summary>
    public static Body Exact(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Limits.Number);
        return new Body(length + 1);
    }
}
