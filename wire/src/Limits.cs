namespace Argosy.Wire;

/// <summary>The numbers that bound what a peer may make us hold (docs/protocol.md sections 1 and 3).</summary>
public static class Limits
{
    /// <summary>The longest header before login, in bytes.</summary>
    public const int HeaderBeforeLogin = 4_096;

    /// <summary>The longest header after login, in bytes; also the longest line of a listing.</summary>
    public const int Header = 65_536;

    /// <summary>The longest chunk of a chunked body, in bytes.</summary>
    public const int Chunk = 1_048_576;

    /// <summary>The longest body of many files that a server takes, in bytes.</summary>
    public const int Pack = 4_194_304;

    /// <summary>The most files, or names, in one body.</summary>
    public const int PackFiles = 4_096;

    /// <summary>The longest file among many, in bytes.</summary>
    public const int PackedFile = 1_048_576;

    /// <summary>The longest name among many, in bytes.</summary>
    public const int PackedName = 4_096;

    /// <summary>The largest number, and negated the smallest: 2^53, so that every JSON library can hold it.</summary>
    public const long Number = 1L << 53;

    /// <summary>How deep a header may nest, the outer object counted.</summary>
    public const int Depth = 8;

    /// <summary>How many keys a header may have, those of nested objects counted.</summary>
    public const int Members = 128;

    /// <summary>The fewest SCRAM iterations that a client accepts.</summary>
    public const int MinIterations = 4_096;

    /// <summary>The most SCRAM iterations that a client accepts, so that no server can keep it busy for minutes.</summary>
    public const int MaxIterations = 10_000_000;
}
