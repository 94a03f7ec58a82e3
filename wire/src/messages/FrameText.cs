namespace Argosy.Wire;

/// <summary>What is wrong with frames, chunks, seals and lines of a listing (docs/protocol.md sections 1 and 2).</summary>
internal static class FrameText
{
    public const string EmptyHeader = "A header has length 0.";
    public const string OtherId = "A trailer has another id than its header.";
    public const string WrongSeal = "A seal is wrong.";
    public const string NoSeal = "A seal is missing.";
    public const string LateSeal = "A frame is sealed after unsealed ones.";
    public const string SumWithoutSeal = "The key sum stands in a header and is not its seal.";

    public static readonly string LongChunk = $"A chunk is over the cap of {Limits.Chunk} bytes.";
    public static readonly string LongLine = $"A line of the listing is over the cap of {Limits.Header} bytes.";

    public static string LongHeader(int cap) => $"A header is over the cap of {cap} bytes.";
}
