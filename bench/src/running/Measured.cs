namespace Argosy.Bench;

/// <summary>Everything that can be measured.</summary>
internal static class Measured
{
    /// <summary>Connections beside a bully: few enough for a pool of four workers per core on two cores.</summary>
    private const int BesideBully = 4;
    private const int ComingAndGoing = 16;
    private const int Downloaders = 32;
    private const double Mebibyte = 1024 * 1024;

    private static readonly int[] EchoConnections = [1, 16, 256, 1_000, 5_000];
    private static readonly int[] IdleConnections = [1_000, 10_000];

    /// <summary>All of them, in the order of the report.</summary>
    public static IReadOnlyList<Point> All { get; } =
    [
        .. EchoConnections.Select(Echo),
        One("connect", LoadKind.Visits, ComingAndGoing, "connect, one round trip, close", "connections/s", result => result.Count / result.Seconds),
        .. IdleConnections.Select(Idle),
        Beside(Bully.Cpu, "one client that makes the server work 10 ms per message"),
        Beside(Bully.Slow, "one client that sends all it can and reads nothing"),
        One("download", LoadKind.Download, Downloaders, "a file of 4 MiB", "MiB/s", result => result.Bytes / Mebibyte / result.Seconds),
    ];

    /// <summary>The names for <c>--points</c>.</summary>
    public static IReadOnlyList<string> Groups { get; } = [.. All.Select(point => point.Group).Distinct()];

    private static Point Echo(int connections) =>
        One("echo", LoadKind.Echo, connections, "echo, 64 bytes", "round trips/s", result => result.Count / result.Seconds, connections);

    private static Point Idle(int connections) =>
        One("idle", LoadKind.Idle, connections, "memory of an idle connection", "KiB", _ => 0, connections, moreIsBetter: false);

    private static Point Beside(Bully bully, string who)
    {
        var group = $"latency-{bully.ToString().ToLowerInvariant()}";
        return new Point
        {
            Group = group,
            Kind = LoadKind.Echo,
            Connections = BesideBully,
            Bully = bully,
            Figures =
            [
                (Latency("p50", "median"), result => result.Median),
                (Latency("p99", "p99"), result => result.P99),
                (Latency("p99.9", "p99.9"), result => result.P999),
            ],
        };

        Metric Latency(string id, string name) => new($"{group}-{id}", group, $"round trip beside {who}, {name}", "µs", false, BesideBully);
    }

    private static Point One(
        string group, LoadKind kind, int connections, string title, string unit, Func<LoadResult, double> value,
        int? series = null, bool moreIsBetter = true) => new()
        {
            Group = group,
            Kind = kind,
            Connections = connections,
            Figures = [(new Metric(series is { } n ? $"{group}-{n}" : group, group, $"{title}, {connections:N0} at once", unit, moreIsBetter, connections), value)],
        };
}
