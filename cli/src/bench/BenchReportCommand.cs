using System.CommandLine;
using Argosy.Bench;
using Argosy.Cli.Messages;

namespace Argosy.Cli.Benchmarks;

/// <summary><c>argosy bench report</c>: draws an earlier run again.</summary>
internal static class BenchReportCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The .json of an earlier \"argosy bench models\"." };
        var html = new Option<string?>("--html") { HelpName = "FILE", Description = "Also write the page with the plots." };
        var csv = new Option<string?>("--csv") { HelpName = "FILE", Description = "Also write one row per model and figure." };
        var markdown = new Option<string?>("--markdown") { HelpName = "FILE", Description = "Also renew the figures in this page, between its marks, and the plots in the folder plots beside it." };
        var command = new Command("report", "Draw an earlier measurement again.") { file, html, csv, markdown };
        command.SetAction((parsed, _) => BenchCommand.RunAsync(() =>
        {
            var report = BenchReport.FromJson(Read(parsed.GetValue(file)!));
            Console.Out.Write(TextReport.Write(report, BenchCommand.Width()));
            if (parsed.GetValue(html) is { } page) File.WriteAllText(page, HtmlReport.Write(report));
            if (parsed.GetValue(csv) is { } rows) File.WriteAllText(rows, CsvReport.Write(report));
            if (parsed.GetValue(markdown) is { } document) MarkdownReport.Renew(report, document);
            return Task.CompletedTask;
        }));
        return command;
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(BenchText.CannotRead(path, e));
        }
    }
}
