namespace Argosy.Client;

/// <summary>What became of one entry of a tree.</summary>
/// <param name="Path">Its place on the server.</param>
/// <param name="Local">Its place here: a path, bytes as the disk has them.</param>
/// <param name="Result">What became of it.</param>
public sealed record TreeOutcome(RemotePath Path, ReadOnlyMemory<byte> Local, TreeResult Result)
{
    /// <summary>The file's bytes; 0 for anything but files.</summary>
    public long Size { get; init; }

    /// <summary>Why it was left out; null unless <see cref="Result"/> is <see cref="TreeResult.Skipped"/>. Safe to show.</summary>
    public string? Reason { get; init; }

    /// <summary>What went wrong; null unless <see cref="Result"/> is <see cref="TreeResult.Failed"/>.</summary>
    public Exception? Failure { get; init; }
}

/// <summary>What can become of an entry of a tree.</summary>
public enum TreeResult
{
    /// <summary>The file was moved.</summary>
    Moved,

    /// <summary>The target had the same bytes already; none were moved.</summary>
    Unchanged,

    /// <summary>The target had a file of that name, which was not to be replaced.</summary>
    Left,

    /// <summary>The folder was made.</summary>
    FolderMade,

    /// <summary>The link was made.</summary>
    LinkMade,

    /// <summary>A link or a special file that is not moved.</summary>
    Skipped,

    /// <summary>It could not be moved. The others go on.</summary>
    Failed,
}
