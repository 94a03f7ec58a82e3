namespace Argosy.Client;

/// <summary>How to move a folder with all that is in it. Nothing needs to be set.</summary>
public sealed record TreeOptions
{
    /// <summary>False: files that exist at the target are left alone.</summary>
    public bool Overwrite { get; init; } = true;

    /// <summary>False waives checksums; lengths are compared even so.</summary>
    public bool Verify { get; init; } = true;

    /// <summary>True: files that the target has already, byte for byte by checksum, are not sent; their times are put right.</summary>
    public bool SkipIdentical { get; init; } = true;

    /// <summary>What happens to symbolic links.</summary>
    public LinkTreatment Links { get; init; }

    /// <summary>Where to remember large files that were cut, so that the same call goes on with them; null: these begin again.</summary>
    public UnfinishedTransfers? Resume { get; init; }

    /// <summary>Told after each piece and each file, on whatever thread moves them.</summary>
    public IProgress<TreeProgress>? Progress { get; init; }
}

/// <summary>What to do with symbolic links in a tree.</summary>
public enum LinkTreatment
{
    /// <summary>They are left out, and reported.</summary>
    Skip,

    /// <summary>Relative ones that stay within the tree are made at the target; others are left out, and reported.</summary>
    Keep,

    /// <summary>What they lead to is moved in their place. One that leads back to a folder it lies in is left out, and reported.</summary>
    Follow,
}

/// <summary>How far a tree is. What is still to be found is in no total yet.</summary>
/// <param name="Bytes">Bytes of files moved, or found to be there.</param>
/// <param name="BytesFound">Bytes of all files that were met so far, or that a listing has named.</param>
/// <param name="Files">Files that are over and done with, failed ones included.</param>
/// <param name="FilesFound">Files that were met so far, or that a listing has named.</param>
/// <param name="Current">The file that was worked on last; safe to show.</param>
public readonly record struct TreeProgress(long Bytes, long BytesFound, long Files, long FilesFound, string Current)
{
    /// <summary>How many of <see cref="Bytes"/> travelled in this call.</summary>
    public long BytesMoved { get; init; }

    /// <summary>Bytes that were compared of files about which nothing else is known yet.</summary>
    public long BytesCompared { get; init; }

    /// <summary>True once every file is known: both totals are final.</summary>
    public bool IsWhole { get; init; }
}
