using System.Globalization;
using System.Text;

namespace Argosy.Bench;

/// <summary>One row per subject and metric (RFC 4180).</summary>
public static class CsvReport
{
    /// <summary>The report as CSV, with the samples in one column, separated by spaces.</summary>
    public static string Write(BenchReport report)
    {
        var text = new StringBuilder("subject,kind,metric,connections,unit,median,low,high,samples,not_available\r\n");
        foreach (var subject in report.Subjects)
        {
            foreach (var metric in report.Metrics) text.AppendJoin(',', Row(report, subject, metric).Select(Quoted)).Append("\r\n");
        }

        return text.ToString();
    }

    private static IEnumerable<string> Row(BenchReport report, Subject subject, Metric metric)
    {
        var cell = report.Cell(subject, metric);
        string[] figures = cell.HasValue ? [Number(cell.Median), Number(cell.Low), Number(cell.High)] : ["", "", ""];
        return
        [
            subject.Name, subject.IsModel ? "model" : "peer", metric.Id, metric.Connections.ToString(CultureInfo.InvariantCulture), metric.Unit,
            .. figures, string.Join(' ', cell.Samples.Select(Number)), cell.Why ?? "",
        ];
    }

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Quoted(string field) =>
        field.AsSpan().IndexOfAny(",\"\r\n") < 0 ? field : $"\"{field.Replace("\"", "\"\"")}\"";
}
