namespace Argosy.Bench;

/// <summary>One load of the plan, and the figures that it gives.</summary>
internal sealed record Point
{
    /// <summary>What <c>--points</c> calls it and its like.</summary>
    public required string Group { get; init; }

    public required LoadKind Kind { get; init; }

    public required int Connections { get; init; }

    public Bully Bully { get; init; }

    /// <summary>The figures, and how each is read from what the load saw (or from memory, for idle connections).</summary>
    public required IReadOnlyList<(Metric Metric, Func<LoadResult, double> Value)> Figures { get; init; }

    /// <summary>How many connections a model must serve at once to take part. Who comes and goes waits in the backlog.</summary>
    public int NeedsAtOnce => Kind is LoadKind.Visits or LoadKind.Download ? 1 : Connections + (Bully == Bully.None ? 0 : 1);
}
