using System.CommandLine;
using System.Globalization;
using System.Net;
using Argosy.Bench;
using Argosy.Cli.Output;

namespace Argosy.Cli.Benchmarks;

/// <summary>The hidden <c>argosy bench load</c>: one load of a run. It prints one line of JSON, also when it fails.</summary>
internal static class BenchLoadCommand
{
    public static Command Create()
    {
        var kind = new Argument<LoadKind>("KIND") { Description = "echo, visits, download or idle." };
        var to = new Option<string>("--to") { HelpName = "IPV4:PORT", Description = "The server.", Required = true };
        var connections = new Option<int>("--connections") { HelpName = "N", Description = "How many at once.", Required = true };
        var seconds = new Option<string>("--seconds") { HelpName = "S", Description = "How long.", DefaultValueFactory = _ => "1" };
        var bully = new Option<Bully>("--bully") { HelpName = "cpu|slow", Description = "Who disturbs it." };
        var bytes = new Option<int>("--bytes") { HelpName = "B", Description = "What a download brings.", Hidden = true };
        var command = new Command("load", "Make one load of the benchmark.") { kind, to, connections, seconds, bully, bytes };
        command.Hidden = true;
        command.SetAction((parsed, _) => Task.FromResult(Run(new LoadOptions
        {
            Kind = parsed.GetValue(kind),
            To = IPEndPoint.Parse(parsed.GetValue(to)!),
            Connections = parsed.GetValue(connections),
            Time = TimeSpan.FromSeconds(double.Parse(parsed.GetValue(seconds)!, CultureInfo.InvariantCulture)),
            Bully = parsed.GetValue(bully),
        })));
        return command;
    }

    private static int Run(LoadOptions options)
    {
        try
        {
            using var load = new LoadGenerator(options);
            Console.Out.WriteLine(load.Run().ToJson());
            if (options.Kind == LoadKind.Idle) StandardStreams.OpenInput().CopyTo(Stream.Null);
            return 0;
        }
        catch (Exception e) when (e is BenchException or PlatformNotSupportedException)
        {
            Console.Out.WriteLine(new LoadResult { Error = e.Message }.ToJson());
            return 1;
        }
    }
}
