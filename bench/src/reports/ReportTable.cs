namespace Argosy.Bench;

/// <summary>A report as tables: a row per subject, a column per figure, one table for each kind of figure.</summary>
internal static class ReportTable
{
    /// <summary>The tables, in the order of the report.</summary>
    public static IEnumerable<(string Title, Metric[] Columns)> Of(BenchReport report) =>
        report.Metrics.GroupBy(metric => Kin(metric.Group)).Select(group => (Title(group.Key), group.ToArray()));

    /// <summary>A column's head.</summary>
    public static string Head(Metric metric) => metric.Group switch
    {
        "echo" => $"{metric.Connections:N0}",
        "idle" => $"idle, {metric.Connections:N0} (KiB each)",
        _ when metric.Group.StartsWith("latency", StringComparison.Ordinal) => metric.Id[(metric.Group.Length + 1)..] + (metric.Group.EndsWith("cpu", StringComparison.Ordinal) ? ", CPU-hungry" : ", slow"),
        _ => $"{metric.Group} ({metric.Unit})",
    };

    /// <summary>A field: the median and the spread, or that there is none.</summary>
    public static string Field(BenchCell cell) =>
        cell.HasValue ? $"{Figures.Short(cell.Median)} ({Figures.Short(cell.Low)}–{Figures.Short(cell.High)})" : "n/a";

    /// <summary>Why fields are empty: a line for each subject and reason.</summary>
    public static IEnumerable<string> Reasons(BenchReport report) =>
        report.Subjects.SelectMany(subject => report.Metrics
            .Select(metric => (metric.Id, report.Cell(subject, metric).Why))
            .Where(gap => gap.Why is not null)
            .GroupBy(gap => gap.Why, gap => gap.Id)
            .Select(reason => $"{subject.Name}: {reason.Key} ({string.Join(", ", reason)})"));

    private static string Kin(string group) => group.StartsWith("latency", StringComparison.Ordinal) ? "latency" : group == "echo" ? group : "other";

    private static string Title(string kin) => kin switch
    {
        "echo" => "Echo round trips per second, by connections",
        "latency" => "Round trips beside one client that behaves badly, in microseconds",
        _ => "Connecting, idling, downloading",
    };
}
