using System.Diagnostics;

namespace Argosy.Cli.Tests.Clones;

/// <summary>A fresh clone, from its first command to the end of the tour that README.md gives.</summary>
public sealed class FreshCloneTests(FreshClone clone) : IClassFixture<FreshClone>
{
    /// <summary>./check has built this tree by its launcher, from nothing in a new clone; with everything, a clone is built once more.</summary>
    [Fact]
    public async Task It_is_built_and_serves_as_the_process_that_was_started()
    {
        Assert.NotEqual(clone.WasBuilt, clone.FirstLog.StartsWith("argosy: building it first", StringComparison.Ordinal));
        using var home = new TempFolder();
        using var server = Process.Start(ArgosyCommand.Describe(
            home,
            Path.Combine(clone.Folder, "argosy"),
            ["serve", "share", "--anonymous", "ro", "--listen", "127.0.0.1:0", "--data", "data"],
            FreshClone.Packages))!;
        var log = server.StandardError.ReadToEndAsync();
        Assert.StartsWith("ready argosy://127.0.0.1:", await server.StandardOutput.ReadLineAsync().WaitAsync(ArgosyCommand.Patience));
        Assert.True(Directory.Exists(home["share"]));
        Assert.Equal($"{server.Id}\n", await File.ReadAllTextAsync(home["data/server.pid"]));
        await ArgosyCommand.RunProgramAsync(home, "/bin/kill", [$"{server.Id}"]);
        await server.WaitForExitAsync().WaitAsync(ArgosyCommand.Patience);
        Assert.Equal(0, server.ExitCode);
        Assert.DoesNotContain("building", await log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tour_in_the_readme_is_true_word_for_word()
    {
        await using var tour = await Tour.BeginAsync(clone);
        foreach (var step in tour.Steps)
            await tour.GoAsync(step);
        Assert.True(tour.Steps.Count > 12);
    }
}
