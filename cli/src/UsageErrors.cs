using System.CommandLine.Parsing;
using System.CommandLine;
using Argosy.Client;
using Argosy.Server;

namespace Argosy.Cli;

/// <summary>What is said about a command line that makes no sense.</summary>
internal static class UsageErrors
{
    /// <summary>
    /// A word that looks like an option and was taken for an argument: a folder named <c>--lisen</c> is not what anybody meant.
    /// Behind <c>--</c>, and after <c>./</c>, such names can be said.
    /// </summary>
    public static string? UnknownOption(ParseResult parsed)
    {
        var meant = parsed.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).ToHashSet(ReferenceEqualityComparer.Instance);
        return parsed.CommandResult.Command.Arguments
            .SelectMany(argument => parsed.GetResult(argument)?.Tokens ?? [])
            .FirstOrDefault(token => token.Value.Length > 1 && token.Value[0] == '-' && !meant.Contains(token))?.Value;
    }

    /// <summary>Says what is wrong and what may have been meant; the exit code of bad usage.</summary>
    public static int Report(ParseResult parsed)
    {
        if (Message(parsed) is { } message)
        {
            Console.Error.WriteLine($"argosy: {Terminal.Escape(message)}");
            Console.Error.WriteLine($"See: {HelpWithExamples.FullName(parsed.CommandResult)} --help");
        }
        else
        {
            string[] words = [.. HelpWithExamples.FullName(parsed.CommandResult).Split(' ').Skip(1), "--help"];
            parsed.RootCommandResult.Command.Parse(words).Invoke(new InvocationConfiguration { Output = Console.Error });
        }

        return 2;
    }

    /// <summary>What is wrong. Null for a command whose verb is missing: its help is the answer.</summary>
    public static string? Message(ParseResult parsed)
    {
        if ((UnknownOption(parsed) ?? parsed.UnmatchedTokens.FirstOrDefault()) is { } unknown)
        {
            var what = unknown.StartsWith('-') ? $"there is no option \"{unknown}\" here"
                : parsed.CommandResult.Command.Subcommands.Count > 0 ? $"there is no command \"{unknown}\" here"
                : $"\"{unknown}\" is one argument too many";
            return what + NearestWord.Hint(unknown, Words(parsed.CommandResult));
        }

        return parsed.CommandResult.Command.Subcommands.Count > 0 ? null : parsed.Errors[0].Message;
    }

    private static IEnumerable<string> Words(CommandResult result) => result.Command.Subcommands.Select(command => command.Name)
        .Concat(result.Command.Options.Select(option => option.Name))
        .Concat(result.Parent is CommandResult parent ? parent.Command.Options.Where(option => option.Recursive).Select(option => option.Name) : []);
}
