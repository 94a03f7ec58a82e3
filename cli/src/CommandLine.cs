using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Argosy.Cli.Benchmarks;
using Argosy.Cli.Hosting;
using Argosy.Cli.Messages;
using Argosy.Cli.Shell;
using Argosy.Cli.Transfer;

namespace Argosy.Cli;

/// <summary>The <c>argosy</c> command: its verbs, its help, and how every failure ends.</summary>
public static class CommandLine
{
    private const string Version = "0.1.0";

    private static readonly VerbFactory[] Verbs =
    [
        new("serve", ServeCommand.Create),
        new("user", UserCommand.Create),
        .. TransferCommands.All,
        new("shell", ShellCommand.Create),
        new("bench", BenchCommand.Create),
    ];

    /// <summary>Parses and runs one command line; returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            if (args is [WorkerVerb.Name]) return await WorkerVerb.RunAsync();

            // "@name" is a file's name here, not a file of arguments.
            var parsed = Root(args).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (parsed.Action is ParseErrorAction || UsageErrors.UnknownOption(parsed) is not null) return UsageErrors.Report(parsed);

            // Commands take care of signals themselves: a server drains, a transfer says how to resume.
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception error)
        {
            return Failure.Report(error);
        }
    }

    // Who types a verb needs no other one: making all of them takes a fifth of the time of a short command.
    private static RootCommand Root(string[] args)
    {
        var root = new RootCommand("Argosy moves files: a server with accounts, quotas and verified transfers, and its client.");
        root.Options.OfType<VersionOption>().Single().Action = new PrintVersion();
        var meant = Verbs.FirstOrDefault(verb => verb.Name == args.FirstOrDefault());
        foreach (var verb in meant is null ? Verbs : [meant])
            root.Add(verb.Create());
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }

    private sealed class PrintVersion : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            Console.Out.WriteLine(OutputText.Version(Version));
            return 0;
        }
    }
}
