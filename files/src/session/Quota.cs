namespace Argosy.Files;

/// <summary>What an account uses, published plus unfinished, and its limits (null: none).</summary>
public sealed record Quota(long Bytes, long Files, long? BytesLimit, long? FilesLimit);
