using System.Text;

namespace Argosy.Bench;

/// <summary>The report for a terminal: one bar chart per figure, the best on top, with the spread beside each bar.</summary>
public static class TextReport
{
    private const int NarrowestWidth = 40;
    private const int WidestName = 18;
    private const int FigureWidth = 6;
    private const int SpreadWidth = 13; // 12.3k-45.6k and its brackets
    private const string Eighths = "▏▎▍▌▋▊▉█";

    /// <summary>Draws it.</summary>
    /// <param name="report">What.</param>
    /// <param name="width">Columns of the terminal; no line is longer, down to 40.</param>
    public static string Write(BenchReport report, int width)
    {
        width = Math.Max(NarrowestWidth, width);
        var text = new StringBuilder();
        Wrap(text, report.Machine.ToString(), width, indent: 0);
        Wrap(text, $"{report.Rounds} rounds of {report.Seconds:0.##} s, interleaved; median (lowest-highest)", width, indent: 0);
        foreach (var metric in report.Metrics) Chart(text, report, metric, width);
        return text.ToString();
    }

    private static void Chart(StringBuilder text, BenchReport report, Metric metric, int width)
    {
        text.AppendLine();
        Wrap(text, $"{metric.Title}: {metric.Unit}, {(metric.MoreIsBetter ? "more" : "less")} is better", width, indent: 0);
        var rows = report.Subjects.Select(subject => (subject.Name, Cell: report.Cell(subject, metric))).ToList();
        var present = rows.Where(row => row.Cell.HasValue).OrderBy(row => metric.MoreIsBetter ? -row.Cell.Median : row.Cell.Median).ToList();
        var highest = present.Select(row => row.Cell.Median).DefaultIfEmpty(1).Max();
        var names = Math.Min(width < 60 ? 10 : WidestName, rows.Max(row => row.Name.Length));
        foreach (var (name, cell) in present)
        {
            var bar = Bar(cell.Median / highest, width - names - FigureWidth - SpreadWidth - 3);
            text.Append($"{Cut(name, names)} {bar} {Figures.Short(cell.Median),FigureWidth} ");
            text.AppendLine($"({Figures.Short(cell.Low)}-{Figures.Short(cell.High)})");
        }

        foreach (var (name, cell) in rows.Where(row => !row.Cell.HasValue)) Wrap(text, $"{Cut(name, names)} n/a: {cell.Why}", width, names + 1);
    }

    private static string Cut(string name, int width) => (name.Length <= width ? name : name[..(width - 1)] + "…").PadRight(width);

    private static string Bar(double share, int width)
    {
        var eighths = (int)Math.Round(Math.Clamp(double.IsFinite(share) ? share : 0, 0, 1) * width * Eighths.Length);
        var bar = new string(Eighths[^1], eighths / Eighths.Length);
        if (eighths % Eighths.Length is > 0 and var rest) bar += Eighths[rest - 1];
        return bar.PadRight(width);
    }

    private static void Wrap(StringBuilder text, string line, int width, int indent)
    {
        while (line.Length > width)
        {
            var end = line.LastIndexOf(' ', width);
            if (end <= indent) end = width;
            text.AppendLine(line[..end].TrimEnd());
            line = new string(' ', indent) + line[end..].TrimStart();
        }

        text.AppendLine(line.TrimEnd());
    }
}
