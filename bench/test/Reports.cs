namespace Argosy.Bench.Tests;

/// <summary>A small report with all that a report can hold: figures, gaps with reasons, a peer, an odd name.</summary>
internal static class Reports
{
    public static BenchReport Small()
    {
        Metric[] metrics =
        [
            new("echo-1", "echo", "echo, 64 bytes, 1 at once", "round trips/s", true, 1),
            new("echo-256", "echo", "echo, 64 bytes, 256 at once", "round trips/s", true, 256),
            new("idle-1000", "idle", "memory of an idle connection, 1,000 at once", "KiB", false, 1000),
            new("latency-cpu-p99", "latency-cpu", "round trip beside one client that makes the server work, p99", "µs", false, 4),
        ];
        Subject[] subjects =
        [
            Subject.Peer("a peer, with \"quotes\" & <tags>", ["peer"]),
            new() { Name = "epoll", IsModel = true, Capacity = "many", ServesAtOnce = 20_000 },
            new() { Name = "iterative", IsModel = true, Capacity = "one", ServesAtOnce = 1 },
        ];
        return new BenchReport
        {
            Started = DateTimeOffset.UnixEpoch,
            Machine = new Machine("a processor with a rather long name", 2, 8L << 30, "Linux", ".NET"),
            Rounds = 3,
            Seconds = 1,
            Subjects = subjects,
            Metrics = metrics,
            Cells =
            [
                .. subjects.SelectMany(subject => metrics.Select((metric, i) => subject.Name == "iterative" && i > 0
                    ? new BenchCell { Subject = subject.Name, Metric = metric.Id, Samples = [], Why = "serves 1 at once" }
                    : new BenchCell { Subject = subject.Name, Metric = metric.Id, Samples = [12_345.6 * (i + 1), 9_999, 23_456.7 * (i + 1)] })),
            ],
        };
    }
}
