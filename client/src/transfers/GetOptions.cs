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

    /// <summary>
    /// True: a local file that is the server's already, byte for byte by checksum, is not fetched; its time is put right. For local
    /// targets, and where <see cref="Overwrite"/> is true.
    /// </summary>
    public bool SkipIdentical { get; init; }

    /// <summary>
    /// Where to remember a download that is cut, so that the same call goes on with it; null: such a download begins again. For local
    /// targets and files from 2 MiB on. What came is kept in a hidden file beside the target, which only its owner can read.
    /// </summary>
    public UnfinishedTransfers? Resume { get; init; }

    /// <summary>Told after each piece that is compared or received, on whatever thread does it.</summary>
    public IProgress<TransferProgress>? Progress { get; init; }

    /// <summary>The only version that is wanted.</summary>
    internal string? Revision { get; init; }

    /// <summary>The only length that is wanted.</summary>
    internal long? Size { get; init; }

    /// <summary>True where the local folder was made for this: nothing can be in it.</summary>
    internal bool IsFolderNew { get; init; }

    /// <summary>True where many others like it go the same way, so that small ones may share requests.</summary>
    internal bool IsOneOfMany { get; init; }

    internal static GetOptions Default { get; } = new();
}
