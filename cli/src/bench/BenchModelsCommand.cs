using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Runtime.InteropServices;
using Argosy.Bench;
using Argosy.Cli.Hosting;
using Argosy.Cli.Messages;
using Argosy.Server;

namespace Argosy.Cli.Benchmarks;

/// <summary><c>argosy bench models</c>: every concurrency model under the same loads, side by side.</summary>
internal static class BenchModelsCommand
{
    private const string FileName = "argosy-models";

    public static Command Create()
    {
        var models = new Option<string?>("--models") { HelpName = "LIST", Description = $"Which models, separated by commas. [default: all: {string.Join(",", Supported.Select(subject => subject.Name))}]" };
        var points = new Option<string?>("--points") { HelpName = "LIST", Description = $"What to measure. [default: all: {string.Join(",", BenchPlan.AllPoints)}]" };
        var rounds = new Option<string?>("--rounds") { HelpName = "N", Description = $"Rounds that count, after one that does not. [default: {BenchPlan.Usual.Rounds}]" };
        var seconds = new Option<string?>("--seconds") { HelpName = "S", Description = $"How long each load lasts. [default: {BenchPlan.Usual.Time.TotalSeconds:0.#}]" };
        var quick = new Option<bool>("--quick") { Description = "One short round: shows that everything works, and roughly what to expect." };
        var output = new Option<string?>("--output") { HelpName = "DIR", Description = $"Where {FileName}.csv, .json and .html go. [default: the current folder]" };
        var peers = new Option<string[]>("--peer") { HelpName = "NAME[:N]=COMMAND", Description = "Measure another server beside the models: a program that prints \"ready IPV4:PORT\" and serves N connections at once. May be repeated." };
        var load = new Option<string?>("--load") { HelpName = "PROGRAM", Description = "Make the load with this program instead, such as benchmarks/load's." };
        var command = new Command("models", "Measure the concurrency models side by side: round trips, connecting, memory, latency beside a bad neighbour, downloads.");
        foreach (var option in new Option[] { models, points, rounds, seconds, quick, output, peers, load }) command.Add(option);
        command.SetAction((parsed, _) => BenchCommand.RunAsync(() =>
        {
            var plan = parsed.GetValue(quick) ? BenchPlan.Quick : BenchPlan.Usual;
            plan = plan with
            {
                Rounds = parsed.GetValue(rounds) is { } n ? Rounds(n) : plan.Rounds,
                Time = parsed.GetValue(seconds) is { } s ? Time(s) : plan.Time,
                Points = parsed.GetValue(points) is { } list ? Points(list) : plan.Points,
            };
            List<Subject> subjects = [.. Models(parsed.GetValue(models))];
            subjects.AddRange((parsed.GetValue(peers) ?? []).Select(Peer));
            if (subjects.Select(subject => subject.Name).GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } twice)
                throw Wrong($"\"{twice.Key}\" is named twice");
            IReadOnlyList<string> loader = parsed.GetValue(load) is { } program ? [program] : OwnProgram.With("bench", "load");
            return MeasureAsync(new ModelBenchmark(plan, subjects, loader), parsed.GetValue(output) ?? ".");
        }));
        return command;
    }

    private static string[] Serve => OwnProgram.With("bench", "serve", "--model");

    private static IReadOnlyList<Subject> Supported => Subject.Models(Serve);

    private static async Task MeasureAsync(ModelBenchmark benchmark, string folder)
    {
        Folder(folder);
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var progress = new BenchProgress();
        BenchReport report;
        try
        {
            report = await benchmark.RunAsync(progress, stop.Token);
        }
        finally
        {
            progress.Clear();
        }

        Console.Out.Write(TextReport.Write(report, BenchCommand.Width()));
        Console.Out.WriteLine();
        Write(Path.Combine(folder, FileName + ".csv"), CsvReport.Write(report));
        Write(Path.Combine(folder, FileName + ".json"), report.ToJson() + "\n");
        Write(Path.Combine(folder, FileName + ".html"), HtmlReport.Write(report));

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true; // what was started is ended first
            stop.Cancel();
        }
    }

    private static void Write(string path, string text)
    {
        File.WriteAllText(path, text);
        Console.Out.WriteLine(BenchText.Wrote(path));
    }

    // Before twenty minutes of measuring, not after it.
    private static void Folder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var probe = Path.Combine(folder, $".{FileName}-{Environment.ProcessId}");
            File.WriteAllText(probe, "");
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(BenchText.CannotWrite(folder, e));
        }
    }

    // The names in the help, and what "prefork:" makes of them.
    private static IEnumerable<Subject> Models(string? list) => list is null
        ? Supported
        : Words("--models", list, [.. Supported.Select(subject => subject.Name)])
            .Select(name => Subject.Model(name, Serve) ?? throw Unknown("--models", name, [.. Supported.Select(subject => subject.Name)]));

    private static string[] Points(string list) =>
        [.. Words("--points", list, BenchPlan.AllPoints).Select(name => BenchPlan.AllPoints.Contains(name) ? name : throw Unknown("--points", name, BenchPlan.AllPoints))];

    private static string[] Words(string option, string list, IReadOnlyList<string> known)
    {
        string[] words = [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct()];
        return words.Length > 0 ? words : throw Wrong($"{option} names nothing; there are {string.Join(", ", known)}");
    }

    private static CommandException Unknown(string option, string word, IReadOnlyList<string> known) =>
        Wrong($"{option} knows no \"{word}\"{NearestWord.Hint(word, known)}; there are {string.Join(", ", known)}");

    private static int Rounds(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) && rounds is >= 1 and <= 1_000
            ? rounds
            : throw Wrong($"--rounds is a number from 1 to 1000, not \"{text}\"");

    private static TimeSpan Time(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0.05 and <= 600
            ? TimeSpan.FromSeconds(seconds)
            : throw Wrong($"--seconds is a number from 0.05 to 600, not \"{text}\"");

    private static Subject Peer(string text)
    {
        var parts = text.Split('=', 2);
        if (parts is not [{ Length: > 0 } name, var command] || string.IsNullOrWhiteSpace(command)) throw Wrong($"--peer is NAME=COMMAND, not \"{text}\"");
        string[] words = [.. CommandLineParser.SplitCommandLine(command)];
        if (name.LastIndexOf(':') is not (> 0 and var colon)) return Subject.Peer(name, words);
        return int.TryParse(name[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            ? Subject.Peer(name[..colon], words, limit)
            : throw Wrong($"--peer is NAME=COMMAND or NAME:CONNECTIONS=COMMAND, not \"{text}\"");
    }

    private static CommandException Wrong(string message) => new(message, exitCode: 2);
}
