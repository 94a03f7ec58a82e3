using System.Globalization;

namespace Argosy.Benchmarks.BufferedIo;

/// <summary>Prints what was measured, for a terminal or for a page.</summary>
internal sealed class Report(Settings settings, TextWriter output)
{
    private readonly string _loadAtStart = Machine.Load();

    internal void WriteMachine()
    {
        output.WriteLine($"{Machine.Describe()}; model {settings.Model}, {settings.Rounds} rounds in turn after one discarded, loopback, the peer in a process of its own.");
        output.WriteLine();
    }

    internal void Write(string title, IReadOnlyList<(Variant Variant, IReadOnlyList<Sample> Samples)> results)
    {
        var first = Median(results[0].Samples, sample => sample.Rate);
        string[] head = ["way", "MB/s, median", "least to most", "times the first", "CPU ms per GB"];
        var rows = results.Select(result => (string[])
        [
            result.Variant.Name,
            Megabytes(Median(result.Samples, sample => sample.Rate)),
            $"{Megabytes(result.Samples.Min(sample => sample.Rate))} to {Megabytes(result.Samples.Max(sample => sample.Rate))}",
            Text($"{Median(result.Samples, sample => sample.Rate) / first:0.00}"),
            Text($"{Median(result.Samples, sample => sample.Cpu) * 1000:0}"),
        ]).ToList();
        output.WriteLine(settings.IsMarkdown ? $"**{title}**" : title);
        output.WriteLine();
        if (settings.IsMarkdown) WriteMarkdown(head, rows);
        else WriteColumns([head, .. rows]);
        output.WriteLine();
    }

    internal void WriteEnd() => output.WriteLine($"Load average over a minute: {_loadAtStart} at the start, {Machine.Load()} at the end.");

    private void WriteMarkdown(string[] head, List<string[]> rows)
    {
        output.WriteLine($"| {string.Join(" | ", head)} |");
        output.WriteLine($"|---|{string.Concat(Enumerable.Repeat("---:|", head.Length - 1))}");
        foreach (var row in rows) output.WriteLine($"| {string.Join(" | ", row)} |");
    }

    private void WriteColumns(List<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
            output.WriteLine("  " + string.Join("  ", row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))));
    }

    private static double Median(IReadOnlyList<Sample> samples, Func<Sample, double> value)
    {
        var sorted = samples.Select(value).Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static string Megabytes(double rate) => Text($"{rate / 1e6:#,0}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
