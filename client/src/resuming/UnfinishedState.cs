namespace Argosy.Client;

/// <summary>
/// What has to be known to go on with a transfer. Nothing in it says that the bytes on the other side are right: these are compared before any is used.
/// </summary>
internal sealed record UnfinishedState
{
    /// <summary>The upload's id; null for downloads.</summary>
    public string? Upload { get; init; }

    /// <summary>The whole file's bytes.</summary>
    public long Size { get; init; }
}
