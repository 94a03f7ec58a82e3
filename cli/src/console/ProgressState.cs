namespace Argosy.Cli.Output;

/// <summary>All that a progress line says, at one moment.</summary>
internal readonly record struct ProgressState
{
    /// <summary>Bytes that are over there, or were found there.</summary>
    public long Bytes { get; init; }

    /// <summary>Bytes in all, as far as they are known; 0 where nobody knows.</summary>
    public long Total { get; init; }

    /// <summary>Files that are done.</summary>
    public long Files { get; init; }

    /// <summary>Files in all, as far as they are known. Up to one, nobody needs to be told.</summary>
    public long TotalFiles { get; init; }

    /// <summary>True while more may be found than both totals say.</summary>
    public bool IsGrowing { get; init; }

    /// <summary>Bytes a second, of late; null while that would be a guess.</summary>
    public long? Rate { get; init; }

    /// <summary>How long it will still take; null where nobody knows.</summary>
    public TimeSpan? Left { get; init; }

    /// <summary>Since it began.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>What is going on, where it is not just bytes that move: <c>comparing</c>. Else empty.</summary>
    public string Activity { get; init; }

    /// <summary>What is worked on; safe to show.</summary>
    public string Name { get; init; }
}
