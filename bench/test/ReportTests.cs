using System.Xml.Linq;

namespace Argosy.Bench.Tests;

public class ReportTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(59)]
    [InlineData(80)]
    [InlineData(200)]
    public void Charts_fit_the_terminal(int width)
    {
        var lines = TextReport.Write(Reports.Small(), width).Split('\n');
        Assert.All(lines, line => Assert.InRange(line.TrimEnd('\r').Length, 0, Math.Max(40, width)));
        Assert.Contains(lines, line => line.StartsWith("epoll", StringComparison.Ordinal) && line.Contains("24.7k") && line.Contains('█'));
    }

    [Fact]
    public void The_best_is_on_top_and_the_longest_bar_is_the_highest_figure()
    {
        var report = Reports.Small();
        report = report with { Cells = [.. report.Cells.Select(cell => cell is { Subject: "epoll", Metric: "echo-1" } ? cell with { Samples = [99_000] } : cell)] };
        var chart = TextReport.Write(report, 80).Split('\n').SkipWhile(line => !line.StartsWith("echo, 64 bytes, 1 at once", StringComparison.Ordinal)).ToArray();
        Assert.StartsWith("epoll", chart[1]);
        Assert.True(chart[1].Count(c => c == '█') > chart[2].Count(c => c == '█'));
    }

    [Fact]
    public void A_gap_says_why() =>
        Assert.Contains("iterative          n/a: serves 1 at once", TextReport.Write(Reports.Small(), 100));

    [Fact]
    public void Json_comes_back_as_it_was()
    {
        var report = Reports.Small();
        var again = BenchReport.FromJson(report.ToJson());
        Assert.Equal(report.ToJson(), again.ToJson());
        Assert.Equal(report.Cell(report.Subjects[1], report.Metrics[1]).Median, again.Cell(again.Subjects[1], again.Metrics[1]).Median);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("not json")]
    public void Other_files_are_no_reports(string text) =>
        Assert.StartsWith("this is not a report", Assert.Throws<BenchException>(() => BenchReport.FromJson(text)).Message);

    [Fact]
    public void Csv_has_a_row_for_each_subject_and_figure_and_quotes_what_needs_it()
    {
        var rows = CsvReport.Write(Reports.Small()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(1 + 3 * 4, rows.Length);
        Assert.StartsWith("\"a peer, with \"\"quotes\"\" & <tags>\",peer,echo-1,1,round trips/s,12345.6,9999,23456.7,", rows[1]);
        Assert.EndsWith(",,,,,serves 1 at once", rows[^1]);
    }

    [Fact]
    public void Html_is_one_page_without_scripts_or_references_and_its_plots_are_well_formed()
    {
        var page = HtmlReport.Write(Reports.Small());
        Assert.DoesNotContain("<script", page);
        Assert.DoesNotContain("href=", page);
        Assert.DoesNotContain("src=", page);
        Assert.DoesNotContain("<tags>", page);
        var plots = page.Split("<svg").Skip(1).Select(part => XDocument.Parse("<svg" + part[..(part.IndexOf("</svg>", StringComparison.Ordinal) + 6)])).ToList();
        Assert.Equal(3, plots.Count); // one of lines, two of bars
        Assert.Equal(3, plots[0].Descendants().Count(element => element.Name.LocalName == "polyline"));
        Assert.Equal(5, plots[0].Descendants().Count(element => element.Name.LocalName == "circle"));
    }

    [Fact]
    public void A_page_of_documentation_keeps_what_people_wrote()
    {
        var folder = Directory.CreateTempSubdirectory("argosy-bench-").FullName;
        try
        {
            var page = Path.Combine(folder, "models.md");
            File.WriteAllText(page, "# Before\n<!-- measured: begin -->\nold\n<!-- measured: end -->\nafter\n");
            MarkdownReport.Renew(Reports.Small(), page);
            MarkdownReport.Renew(Reports.Small(), page);
            var text = File.ReadAllText(page);
            Assert.StartsWith("# Before\n<!-- measured: begin -->\n", text);
            Assert.EndsWith("<!-- measured: end -->\nafter\n", text);
            Assert.DoesNotContain("old", text);
            Assert.Contains("| `epoll` | 12.3k (10.0k–23.5k) |", text);
            Assert.Contains("- iterative: serves 1 at once (echo-256, idle-1000, latency-cpu-p99)", text);
            Assert.True(File.Exists(Path.Combine(folder, "plots", "models-echo.svg")));
            Assert.Contains("(plots/models-echo.svg)", text);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_page_without_marks_is_refused()
    {
        var page = Path.GetTempFileName();
        try
        {
            Assert.Contains("lacks the marks", Assert.Throws<BenchException>(() => MarkdownReport.Renew(Reports.Small(), page)).Message);
        }
        finally
        {
            File.Delete(page);
        }
    }
}
