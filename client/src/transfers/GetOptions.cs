namespace Argosy.Client;

/// <summary>How to fetch a file. Nothing needs to be set.</summary>
public sealed record GetOptions
{
    /// <summary>The first byte wanted; 0.</summary>
    public long Offset { get; init; }

    /// <summary>How many bytes at most; null: to the end.</summary>
    public long? Length { get; init; }

    /// <summary>False waives the checksum; lengths are compared even so.</summary>
    public bool Verify { get; init; } = true;

    /// <summary>False: a local file that exists is left alone, and an <see cref="IOException"/> says so. For local targets.</summary>
    public bool Overwrite { get; init; } = true;

    /// <summary>Told after each piece, on whatever thread receives.</summary>
    public IProgress<TransferProgress>? Progress { get; init; }

    internal static GetOptions Default { get; } = new();
}
