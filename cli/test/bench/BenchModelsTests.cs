using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Xml.Linq;

namespace Argosy.Cli.Tests.Benchmarks;

/// <summary><c>argosy bench models</c>, in runs so short that their figures mean nothing.</summary>
public sealed partial class BenchModelsTests : IDisposable
{
    private const int SigInt = 2;
    private const int SigKill = 9;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_quick_run_draws_charts_and_writes_csv_json_and_a_page()
    {
        var result = await RunAsync("--models", "iterative,epoll,async", "--points", "echo,connect,latency-cpu,download", "--output", _home["out"]);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.All(result.Output.Split('\n').Where(line => !line.StartsWith("wrote ", StringComparison.Ordinal)), line => Assert.InRange(line.Length, 0, 60));
        Assert.Contains("n/a: serves 1 at once", result.Output);

        var cells = JsonDocument.Parse(File.ReadAllText(_home["out/argosy-models.json"])).RootElement.GetProperty("cells").EnumerateArray().ToList();
        Assert.All(cells.Where(cell => Text(cell, "subject") != "iterative"), cell => Assert.True(Samples(cell) == 1, cell.ToString()));
        Assert.All(cells.Where(cell => Text(cell, "metric") is "echo-1" or "connect" or "download"), cell => Assert.Equal(1, Samples(cell)));
        Assert.Equal("serves 1 at once", Text(cells.Single(cell => (Text(cell, "subject"), Text(cell, "metric")) == ("iterative", "echo-16")), "why"));

        var rows = File.ReadAllText(_home["out/argosy-models.csv"]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(1 + cells.Count, rows.Length);
        Assert.Contains(rows, row => row.StartsWith("epoll,model,echo-256,256,round trips/s,", StringComparison.Ordinal));

        var page = File.ReadAllText(_home["out/argosy-models.html"]);
        Assert.All(Plots(page), plot => Assert.NotEmpty(plot.Descendants()));
        Assert.Equal(6, Plots(page).Count()); // echo, connect, three latencies, download

        var again = await ArgosyCommand.RunAsync(_home, "bench", "report", _home["out/argosy-models.json"], "--html", _home["again.html"]);
        Assert.Equal(0, again.ExitCode);
        Assert.Equal(page, File.ReadAllText(_home["again.html"]));
    }

    [Fact]
    public async Task Idle_memory_is_measured_per_connection()
    {
        var result = await RunAsync("--models", "epoll", "--points", "idle", "--output", _home["out"]);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var cell = JsonDocument.Parse(File.ReadAllText(_home["out/argosy-models.json"])).RootElement.GetProperty("cells").EnumerateArray().Single();
        Assert.InRange(cell.GetProperty("samples").EnumerateArray().Single().GetDouble(), 0.1, 64); // KiB; the figure itself is for quiet machines
    }

    [Theory]
    [InlineData("--models nosuch", "--models knows no \"nosuch\"; there are iterative, threads")]
    [InlineData("--models epol", "did you mean \"epoll\"?")]
    [InlineData("--models ,", "--models names nothing")]
    [InlineData("--points ecko", "did you mean \"echo\"?")]
    [InlineData("--rounds 0", "--rounds is a number from 1 to 1000, not \"0\"")]
    [InlineData("--rounds many", "not \"many\"")]
    [InlineData("--seconds 0", "--seconds is a number from 0.05 to 600, not \"0\"")]
    [InlineData("--peer nothing", "--peer is NAME=COMMAND, not \"nothing\"")]
    [InlineData("--peer epoll=true", "\"epoll\" is named twice")]
    [InlineData("--round 3", "did you mean \"--rounds\"?")]
    public async Task Bad_arguments_are_told_before_anything_is_measured(string arguments, string part)
    {
        var result = await ArgosyCommand.RunAsync(_home, ["bench", "models", .. arguments.Split(' ')]);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(part, result.Error);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_told_before_anything_is_measured()
    {
        var result = await ArgosyCommand.RunAsync(_home, "bench", "models", "--output", _home.Write("file", "") + "/sub");
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.StartsWith($"argosy: {_home["file"]}/sub: ", result.Error);
    }

    [Fact]
    public async Task A_server_that_does_not_start_is_named_with_what_it_said_and_the_others_are_measured()
    {
        _home.Write("broken.sh", "echo no luck >&2; exit 7");
        var result = await RunAsync("--models", "threads", "--points", "connect", "--peer", $"broken=sh {_home["broken.sh"]}", "--output", _home.Path);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("n/a: does not start: it ended with code 7. no luck", result.Output.Replace("\n        ", " "));
        Assert.Matches(@"(?m)^threads +█", result.Output);
    }

    [Fact]
    public async Task Another_file_is_no_report()
    {
        var result = await ArgosyCommand.RunAsync(_home, "bench", "report", _home.Write("other.json", "[]"));
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("argosy: this is not a report of \"argosy bench models\"", result.Error);
    }

    [Theory]
    [InlineData(SigInt)]
    [InlineData(SigKill)]
    public async Task Whatever_ends_a_run_ends_all_that_it_started(int signal)
    {
        using var run = Process.Start(ArgosyCommand.Describe(
            _home, ArgosyCommand.Program, ["bench", "models", "--models", "epoll,threads", "--points", "echo", "--rounds", "100", "--output", _home.Path]))!;
        try
        {
            List<int> started = [];
            await Spine.Poll.UntilAsync(() => (started = ChildrenOf(run.Id)).Count >= 3, () => "two servers and a load were to be started");
            Assert.Equal(0, Kill(run.Id, signal));
            var (output, error) = (run.StandardOutput.ReadToEndAsync(), run.StandardError.ReadToEndAsync());
            await run.WaitForExitAsync().WaitAsync(Patience);
            if (signal == SigInt) Assert.Equal((1, "", "argosy: Stopped.\n"), (run.ExitCode, await output, await error));
            await Spine.Poll.UntilAsync(() => !started.Any(IsBench), () => "what the run had started is still there");
        }
        finally
        {
            if (!run.HasExited) run.Kill(entireProcessTree: true);
        }
    }

    private Task<CommandResult> RunAsync(params string[] arguments) => ArgosyCommand.RunProgramAsync(
        _home, ArgosyCommand.Program, ["bench", "models", "--quick", "--seconds", "0.2", .. arguments], Patience, ("COLUMNS", "60"));

    private static string Text(JsonElement cell, string name) => cell.GetProperty(name).GetString()!;

    private static int Samples(JsonElement cell) => cell.GetProperty("samples").GetArrayLength();

    private static IEnumerable<XElement> Plots(string page) => page.Split("<svg").Skip(1)
        .Select(part => XElement.Parse("<svg" + part[..(part.IndexOf("</svg>", StringComparison.Ordinal) + "</svg>".Length)]));

    private static List<int> ChildrenOf(int process) => [.. Directory.GetDirectories("/proc")
        .Select(path => int.TryParse(Path.GetFileName(path), out var id) ? id : 0)
        .Where(id => id > 0 && ReadOrNothing($"/proc/{id}/status").Contains($"\nPPid:\t{process}\n", StringComparison.Ordinal))];

    // The numbers of ended processes come back, so the command line decides.
    private static bool IsBench(int process) => ReadOrNothing($"/proc/{process}/cmdline").Contains("\0bench\0", StringComparison.Ordinal);

    private static string ReadOrNothing(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
