using System.CommandLine;
using Argosy.Bench;
using Argosy.Cli.Output;

namespace Argosy.Cli.Benchmarks;

/// <summary><c>argosy bench</c>: what is measured on this machine, and the two verbs that the measuring starts itself with.</summary>
internal static class BenchCommand
{
    /// <summary>Commands to copy, by the verb's full name.</summary>
    public static Dictionary<string, string[]> Examples { get; } = new()
    {
        ["argosy bench models"] =
        [
            "argosy bench models                           every model, about twenty minutes",
            "argosy bench models --models epoll,async --points echo --rounds 3",
            "argosy bench models --quick                   a minute or two: does it work here?",
        ],
        ["argosy bench report"] =
        [
            "argosy bench report argosy-models.json        draws an earlier run again",
        ],
    };

    public static Command Create()
    {
        var command = new Command("bench", "Measure on this machine.");
        command.Add(BenchModelsCommand.Create());
        command.Add(BenchReportCommand.Create());
        command.Add(BenchServeCommand.Create());
        command.Add(BenchLoadCommand.Create());
        return command;
    }

    /// <summary>Runs a part of the measuring, whose failures say all that is needed.</summary>
    public static async Task<int> RunAsync(Func<Task> measure)
    {
        try
        {
            await measure();
            return 0;
        }
        catch (BenchException e)
        {
            throw new CommandException(e.Message);
        }
        catch (PlatformNotSupportedException e)
        {
            throw new CommandException(e.Message);
        }
    }

    /// <summary>How wide charts may be.</summary>
    public static int Width()
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), out var columns) && columns > 0) return columns;
        return TerminalWindow.OutputColumns;
    }
}
