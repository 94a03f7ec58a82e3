using System.Text;

namespace Argosy.Bench;

/// <summary>
/// The report inside a page of documentation: the text between two marks is replaced, and the plots are written into the folder
/// <c>plots</c> beside the page. What people wrote around the marks stays.
/// </summary>
public static class MarkdownReport
{
    private const string BeginMark = "<!-- measured: begin -->";
    private const string EndMark = "<!-- measured: end -->";
    private const string PlotFolder = "plots";

    /// <summary>Renews a page.</summary>
    /// <param name="report">What was measured.</param>
    /// <param name="path">The page, which has the two marks.</param>
    /// <exception cref="BenchException">The page or its marks are missing.</exception>
    public static void Renew(BenchReport report, string path)
    {
        if (!File.Exists(path)) throw new BenchException($"there is no page {path}");
        var page = File.ReadAllText(path);
        var (begin, end) = (page.IndexOf(BeginMark, StringComparison.Ordinal), page.IndexOf(EndMark, StringComparison.Ordinal));
        if (begin < 0 || end < begin) throw new BenchException($"{path} lacks the marks {BeginMark} and {EndMark}, between which the figures go");
        var plots = Plots(report).ToList();
        var name = Path.GetFileNameWithoutExtension(path);
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, PlotFolder)).FullName;
        foreach (var (id, _, svg) in plots) File.WriteAllText(Path.Combine(folder, $"{name}-{id}.svg"), svg + "\n");
        File.WriteAllText(path, page[..(begin + BeginMark.Length)] + "\n" + Body(report, plots, name) + page[end..]);
    }

    private static string Body(BenchReport report, List<(string Id, string Title, string Svg)> plots, string name)
    {
        var text = new StringBuilder($"{report.Machine}. {report.Started:yyyy-MM-dd}, {report.Rounds} rounds of {report.Seconds:0.##} s, interleaved; ")
            .AppendLine("median (lowest–highest).");
        foreach (var (title, columns) in ReportTable.Of(report))
        {
            text.AppendLine().AppendLine($"### {title}").AppendLine();
            text.AppendLine($"| | {string.Join(" | ", columns.Select(ReportTable.Head))} |");
            text.AppendLine($"|---|{string.Concat(columns.Select(_ => "---:|"))}");
            foreach (var subject in report.Subjects)
                text.AppendLine($"| {Name(subject)} | {string.Join(" | ", columns.Select(column => ReportTable.Field(report.Cell(subject, column))))} |");
        }

        text.AppendLine().AppendLine("Not measured, and why:").AppendLine();
        foreach (var reason in ReportTable.Reasons(report)) text.AppendLine($"- {reason}");
        text.AppendLine();
        foreach (var (id, title, _) in plots) text.AppendLine($"![{title}]({PlotFolder}/{name}-{id}.svg)").AppendLine();
        return text.ToString();
    }

    private static string Name(Subject subject) => subject.IsModel ? $"`{subject.Name}`" : subject.Name;

    private static IEnumerable<(string Id, string Title, string Svg)> Plots(BenchReport report)
    {
        if (report.Metrics.Any(metric => metric.Group == "echo")) yield return ("echo", "Echo round trips per second by connections", SvgCharts.Lines(report, "echo"));
        foreach (var metric in report.Metrics.Where(metric => metric.Group != "echo"))
            if (SvgCharts.Bars(report, metric) is { Length: > 0 } svg) yield return (metric.Id, metric.Title, svg);
    }
}
