using System.Globalization;
using System.Net;
using System.Text;

namespace Argosy.Bench;

/// <summary>The plots: figures over connections as lines, single figures as bars; whiskers from the lowest to the highest sample.</summary>
internal static class SvgCharts
{
    private const int Width = 860;
    private const int RowHeight = 22;
    private const int NameWidth = 150;
    private const int ValueWidth = 190;
    private const int LegendWidth = 170;
    private const int LinesHeight = 420;
    private const int Left = 60;
    private const int Top = 34;
    private const int Bottom = 46;

    // Distinct for most eyes (Paul Tol's bright and vibrant schemes); peers are dashed besides.
    private static readonly string[] Colors =
    [
        "#4477aa", "#ee6677", "#228833", "#aa3377", "#ccbb44", "#ee7733", "#66ccee", "#009988", "#cc3311", "#0077bb", "#bbbbbb", "#33bbee", "#882255", "#999933", "#555555",
    ];

    /// <summary>One line per subject over the connections of a group's metrics, both axes logarithmic.</summary>
    public static string Lines(BenchReport report, string group)
    {
        Metric[] metrics = [.. report.Metrics.Where(metric => metric.Group == group)];
        var samples = report.Cells.Where(cell => metrics.Any(metric => metric.Id == cell.Metric)).SelectMany(cell => cell.Samples).Where(value => value > 0).ToList();
        if (samples.Count == 0) return "";
        var (low, high) = (Math.Floor(Math.Log10(samples.Min())), Math.Ceiling(Math.Log10(samples.Max())));
        if (high <= low) high = low + 1;
        var (right, bottom) = (Width - LegendWidth, LinesHeight - Bottom);
        var svg = Begin(LinesHeight, $"{metrics[0].Title.Split(',')[0]}: {metrics[0].Unit} by connections");
        for (var power = (int)low; power <= high; power++)
        {
            var y = Y(Math.Pow(10, power));
            svg.Append(Invariant, $"<line x1='{Left}' x2='{right}' y1='{y:0.0}' y2='{y:0.0}' class='grid'/><text x='{Left - 6}' y='{y + 4:0.0}' class='end'>{Figures.Short(Math.Pow(10, power))}</text>");
        }

        foreach (var metric in metrics) svg.Append(Invariant, $"<text x='{X(metric):0.0}' y='{bottom + 18}' class='mid'>{metric.Connections:N0}</text>");
        svg.Append(Invariant, $"<text x='{(Left + right) / 2}' y='{bottom + 38}' class='mid'>connections</text>");
        for (var i = 0; i < report.Subjects.Count; i++) Line(report.Subjects[i], i);
        return svg.Append("</svg>").ToString();

        double X(Metric metric) => metrics.Length < 2 ? (Left + right) / 2.0
            : Left + 20 + (right - Left - 40) * Math.Log(metric.Connections / (double)metrics[0].Connections) / Math.Log(metrics[^1].Connections / (double)metrics[0].Connections);

        double Y(double value) => bottom - (bottom - Top) * (Math.Log10(Math.Max(value, Math.Pow(10, low))) - low) / (high - low);

        void Line(Subject subject, int i)
        {
            var (color, dash, legend) = (Colors[i % Colors.Length], subject.IsModel ? "" : " stroke-dasharray='6 4'", Top + 8 + i * 20);
            var points = metrics.Select(metric => (X: X(metric), Cell: report.Cell(subject, metric))).Where(point => point.Cell.HasValue).ToList();
            var path = string.Join(' ', points.Select(point => string.Create(Invariant, $"{point.X:0.0},{Y(point.Cell.Median):0.0}")));
            svg.Append(Invariant, $"<polyline points='{path}' fill='none' stroke='{color}' stroke-width='2'{dash}/>");
            foreach (var (x, cell) in points)
            {
                svg.Append(Invariant, $"<line x1='{x:0.0}' x2='{x:0.0}' y1='{Y(cell.Low):0.0}' y2='{Y(cell.High):0.0}' stroke='{color}' stroke-opacity='.5'/>");
                svg.Append(Invariant, $"<circle cx='{x:0.0}' cy='{Y(cell.Median):0.0}' r='3.5' fill='{color}'><title>{Escape(subject.Name)}: {Figures.Short(cell.Median)}</title></circle>");
            }

            svg.Append(Invariant, $"<line x1='{right + 14}' x2='{right + 40}' y1='{legend}' y2='{legend}' stroke='{color}' stroke-width='3'{dash}/><text x='{right + 46}' y='{legend + 4}'>{Escape(subject.Name)}</text>");
        }
    }

    /// <summary>One bar per subject, the best on top; who has no figure is left out.</summary>
    public static string Bars(BenchReport report, Metric metric)
    {
        var rows = report.Subjects.Select((subject, i) => (subject.Name, Color: Colors[i % Colors.Length], Cell: report.Cell(subject, metric)))
            .Where(row => row.Cell.HasValue)
            .OrderBy(row => metric.MoreIsBetter ? -row.Cell.Median : row.Cell.Median)
            .ToList();
        if (rows.Count == 0) return "";
        var room = Width - NameWidth - ValueWidth;
        var highest = Math.Max(rows.Max(row => row.Cell.High), double.Epsilon);
        var svg = Begin(Top + rows.Count * RowHeight + 12, $"{metric.Title}: {metric.Unit}, {(metric.MoreIsBetter ? "more" : "less")} is better");
        for (var i = 0; i < rows.Count; i++)
        {
            var ((name, color, cell), y) = (rows[i], Top + i * RowHeight);
            var value = $"{Figures.Short(cell.Median)} ({Figures.Short(cell.Low)}–{Figures.Short(cell.High)})";
            svg.Append(Invariant, $"<text x='{NameWidth - 8}' y='{y + 15}' class='end'>{Escape(name)}</text>");
            svg.Append(Invariant, $"<rect x='{NameWidth}' y='{y + 3}' width='{Share(cell.Median):0.0}' height='{RowHeight - 6}' fill='{color}'/>");
            svg.Append(Invariant, $"<line x1='{NameWidth + Share(cell.Low):0.0}' x2='{NameWidth + Share(cell.High):0.0}' y1='{y + 11}' y2='{y + 11}' class='whisker'/>");
            svg.Append(Invariant, $"<text x='{NameWidth + Share(cell.High) + 8:0.0}' y='{y + 15}'>{value}</text>");
        }

        return svg.Append("</svg>").ToString();

        double Share(double value) => Math.Max(0, value) / highest * room;
    }

    private static CultureInfo Invariant => CultureInfo.InvariantCulture;

    // A picture of its own: it carries its style and its background, wherever it is shown.
    private static StringBuilder Begin(int height, string title) => new StringBuilder()
        .Append(Invariant, $"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {Width} {height}' role='img' aria-label='{Escape(title)}'>")
        .Append("<style>text{font:13px system-ui,sans-serif;fill:#222}.end{text-anchor:end}.mid{text-anchor:middle}.head{font-weight:600;font-size:14px}")
        .Append(".grid{stroke:#ddd}.whisker{stroke:#222;stroke-width:1.5}</style>")
        .Append(Invariant, $"<rect width='{Width}' height='{height}' fill='#fff'/><text x='8' y='20' class='head'>{Escape(title)}</text>");

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
