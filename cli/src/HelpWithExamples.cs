using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Argosy.Cli.Benchmarks;
using Argosy.Cli.Messages;
using Argosy.Cli.Output;
using Argosy.Cli.Transfer;

namespace Argosy.Cli;

/// <summary>The usual help, and below it what people come for: commands to copy.</summary>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    // Those of the transfers are beside them.
    private static readonly Dictionary<string, string[]> Examples = new()
    {
        ["argosy"] =
        [
            "argosy serve ~/share                          serve a folder, make the first account",
            "argosy put report.pdf argosy://alex@host/     upload",
            "argosy get argosy://alex@host/report.pdf      download",
            "argosy ls argosy://alex@host/                 list",
        ],
        ["argosy serve"] =
        [
            "argosy serve ~/share                          an account per person, TLS, port 7373",
            "argosy serve ~/public --anonymous ro          anybody may read",
            "argosy serve ~/inbox --anonymous drop --quota 10G",
            "argosy serve /srv/files --user files --config /etc/argosy.json",
        ],
        ["argosy user"] =
        [
            "argosy user add alex --quota 10G              asks for the password twice",
            "argosy user set alex --permissions read,list",
            "argosy user list --json",
        ],
        ["argosy user add"] =
        [
            "argosy user add alex",
            "argosy user add backup --home /srv/backup --quota 500G --password-stdin < password.txt",
        ],
        ["argosy user set"] =
        [
            "argosy user set alex --quota 20G --max-files 100000",
            "argosy user set alex --quota none --permissions read,list",
        ],
        ["argosy user import"] =
        [
            "argosy user import accounts.ini               [DEFAULT] gives defaults, then one [name] per account",
        ],
    };

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        // Asked for by itself, the base library would change the terminal.
        usual.MaxWidth = Console.IsOutputRedirected ? int.MaxValue : TerminalWindow.OutputColumns;
        usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        var name = FullName(parseResult.CommandResult);
        if (Examples.TryGetValue(name, out var lines) || TransferCommands.Examples.TryGetValue(name, out lines) || BenchCommand.Examples.TryGetValue(name, out lines))
        {
            output.WriteLine("Examples:");
            foreach (var line in lines) output.WriteLine($"  {line}");
        }

        if (name == "argosy" || TransferCommands.Examples.ContainsKey(name))
            output.WriteLine(HelpText.Surroundings);

        return 0;
    }

    /// <summary>The command's words, such as <c>argosy user add</c>.</summary>
    public static string FullName(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{FullName(parent)} {result.Command.Name}" : "argosy";
}
