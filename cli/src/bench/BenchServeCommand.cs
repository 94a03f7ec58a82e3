using System.CommandLine;
using Argosy.Bench;
using Argosy.Cli.Output;

namespace Argosy.Cli.Benchmarks;

/// <summary>The hidden <c>argosy bench serve</c>: one model's server for a run, until standard input ends.</summary>
internal static class BenchServeCommand
{
    public static Command Create()
    {
        var model = new Option<string>("--model") { HelpName = "NAME", Description = "The model.", Required = true };
        var command = new Command("serve", "Serve the benchmark's echo under one model.") { model };
        command.Hidden = true;
        command.SetAction((parsed, _) => BenchCommand.RunAsync(
            () => MeasuredServer.RunAsync(parsed.GetValue(model)!, StandardStreams.OpenInput(), Console.Out)));
        return command;
    }
}
