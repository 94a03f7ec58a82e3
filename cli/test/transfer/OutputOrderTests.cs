using System.Text.Json;
using Argosy.Cli.Tests.Spine;

namespace Argosy.Cli.Tests.Transfer;

/// <summary>Results that are gathered on their way to a file: real processes.</summary>
public sealed class OutputOrderTests
{
    private const int Timeout = 60_000;

    [Fact(Timeout = Timeout)]
    public async Task Warnings_stand_between_the_results_that_they_were_met_between()
    {
        await using var deployment = await Deployment.StartAsync();
        Directory.CreateDirectory(deployment.Home["tree"]);
        for (var number = 0; number < 50; number++)
        {
            File.WriteAllText(deployment.Home[$"tree/file{number}"], "");
            File.CreateSymbolicLink(deployment.Home[$"tree/link{number}"], $"file{number}");
        }

        await PutAsync(deployment, "-r --json tree", "> all 2>&1");
        var lines = await File.ReadAllLinesAsync(deployment.Home["all"]);
        Assert.Equal(1 + 50 + (2 * 50) + 1, lines.Length);
        Assert.Contains("\"summary\"", lines[^1], StringComparison.Ordinal);
        foreach (var (warning, after) in lines.Zip(lines.Skip(1)).Where(pair => pair.First.StartsWith("argosy: ", StringComparison.Ordinal)))
            Assert.StartsWith($"argosy: {JsonDocument.Parse(after).RootElement.GetProperty("path").GetString()}: ", warning, StringComparison.Ordinal);
    }

    [Fact(Timeout = Timeout)]
    public async Task An_output_that_is_full_is_a_failure()
    {
        await using var deployment = await Deployment.StartAsync();
        File.WriteAllText(deployment.Home["file"], "");
        var result = await PutAsync(deployment, "file", "> /dev/full");
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("argosy: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("the disk is full", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("bug", result.Error, StringComparison.Ordinal);
    }

    private static Task<CommandResult> PutAsync(Deployment deployment, string what, string redirection) => ArgosyCommand.RunProgramAsync(
        deployment.Home,
        "/bin/sh",
        ["-c", $"exec '{ArgosyCommand.Program}' put {what} '{deployment.Url("/")}' {redirection}"],
        "",
        ("ARGOSY_PASSWORD", Deployment.Password));
}
