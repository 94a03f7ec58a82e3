namespace Argosy.Bench;

/// <summary>How much is measured.</summary>
public sealed record BenchPlan
{
    /// <summary>Enough to compare: a discarded round, then five.</summary>
    public static BenchPlan Usual { get; } = new();

    /// <summary>Enough to see that it works, in little time: the figures mean little.</summary>
    public static BenchPlan Quick { get; } = new()
    {
        Rounds = 1,
        HasWarmUpRound = false,
        Time = TimeSpan.FromSeconds(0.3),
        MostConnections = 1_000,
    };

    /// <summary>The names of what can be measured.</summary>
    public static IReadOnlyList<string> AllPoints => Measured.Groups;

    /// <summary>Rounds that count. In each round every server has its turn at every point, so that a machine that changes its mood does so for all.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Whether a round that does not count comes first.</summary>
    public bool HasWarmUpRound { get; init; } = true;

    /// <summary>How long each load lasts.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Points with more connections than this are left out.</summary>
    public int MostConnections { get; init; } = int.MaxValue;

    /// <summary>What to measure: of <see cref="AllPoints"/>.</summary>
    public IReadOnlyList<string> Points { get; init; } = AllPoints;

    /// <summary>The points themselves.</summary>
    internal IReadOnlyList<Point> Loads => [.. Measured.All.Where(point => Points.Contains(point.Group) && point.Connections <= MostConnections)];
}
