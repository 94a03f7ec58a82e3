using System.Net;
using System.Text;

namespace Argosy.Bench;

/// <summary>The report as one page that needs nothing else: tables and plots.</summary>
public static class HtmlReport
{
    private const string Style =
        "body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}"
        + "table{border-collapse:collapse;margin:1rem 0;display:block;overflow-x:auto}td,th{padding:.25rem .7rem;border-bottom:1px solid #ddd;text-align:right;white-space:nowrap}"
        + "td:first-child,th:first-child{text-align:left}.none{color:#999}svg{width:100%;height:auto;margin:.5rem 0;border:1px solid #ddd}"
        + "@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}td,th{border-color:#444}svg{border-color:#444}}";

    /// <summary>Writes the page.</summary>
    public static string Write(BenchReport report)
    {
        var page = new StringBuilder("<!doctype html><html lang='en'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width'>")
            .Append("<title>Concurrency models, measured</title><style>").Append(Style).Append("</style></head><body>")
            .Append("<h1>Concurrency models, measured</h1>")
            .Append($"<p>{Escape(report.Machine.ToString())}<br>{report.Started:yyyy-MM-dd HH:mm} UTC; {report.Rounds} rounds of {report.Seconds:0.##} s, interleaved; ")
            .Append("median (lowest–highest). Peers are dashed.</p>");
        foreach (var (title, columns) in ReportTable.Of(report))
        {
            page.Append($"<h2>{Escape(title)}</h2>");
            Table(page, report, columns);
            foreach (var group in columns.Select(column => column.Group).Distinct())
            {
                if (group == "echo") page.Append(SvgCharts.Lines(report, group));
                else foreach (var metric in columns.Where(column => column.Group == group)) page.Append(SvgCharts.Bars(report, metric));
            }
        }

        page.Append("<h2>Not measured</h2><ul>");
        foreach (var reason in ReportTable.Reasons(report)) page.Append($"<li>{Escape(reason)}</li>");
        return page.Append("</ul></body></html>\n").ToString();
    }

    private static void Table(StringBuilder page, BenchReport report, Metric[] columns)
    {
        page.Append("<table><tr><th></th>");
        foreach (var column in columns) page.Append($"<th>{Escape(ReportTable.Head(column))}</th>");
        page.Append("</tr>");
        foreach (var subject in report.Subjects)
        {
            page.Append($"<tr><td>{Escape(subject.Name)}</td>");
            foreach (var cell in columns.Select(column => report.Cell(subject, column)))
            {
                page.Append(cell.HasValue
                    ? $"<td>{ReportTable.Field(cell)}</td>"
                    : $"<td class='none' title='{Escape(cell.Why ?? "")}'>n/a</td>");
            }

            page.Append("</tr>");
        }

        page.Append("</table>");
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
