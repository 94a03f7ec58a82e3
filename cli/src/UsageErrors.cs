using System.CommandLine.Parsing;
using System.CommandLine;
using Argosy.Cli.Messages;
using Argosy.Cli.Output;
using Argosy.Cli.Transfer;

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

    /// <summary>Says what is wrong and what may have been meant, as JSON too where that was asked for; the exit code of bad usage.</summary>
    public static int Report(ParseResult parsed)
    {
        if (Message(parsed) is { } message)
        {
            using var results = new Results(parsed.Tokens.Any(token => token.Value == "--json"));
            results.Fail(new UsageException(message), null);
            results.Complete();
            Console.Error.WriteLine(UsageText.SeeHelp(HelpWithExamples.FullName(parsed.CommandResult)));
        }
        else
        {
            string[] words = [.. HelpWithExamples.FullName(parsed.CommandResult).Split(' ').Skip(1), "--help"];
            parsed.RootCommandResult.Command.Parse(words).Invoke(new InvocationConfiguration { Output = Console.Error });
        }

        return ExitCodes.Usage;
    }

    /// <summary>What is wrong; safe to show. Null for a command whose verb is missing: its help is the answer.</summary>
    public static string? Message(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if ((UnknownOption(parsed) ?? parsed.UnmatchedTokens.FirstOrDefault()) is { } unknown)
        {
            return unknown.StartsWith('-') ? UsageText.UnknownOption(unknown, Words(parsed.CommandResult))
                : command.Subcommands.Count > 0 ? UsageText.UnknownCommand(unknown, Words(parsed.CommandResult))
                : UsageText.OneTooMany(unknown);
        }

        return command.Subcommands.Count > 0 ? null : Explain(parsed);
    }

    // The parser's own words are for programmers.
    private static string Explain(ParseResult parsed)
    {
        var (result, fullName) = (parsed.CommandResult, HelpWithExamples.FullName(parsed.CommandResult));
        foreach (var option in result.Children.OfType<OptionResult>())
        {
            var name = option.Option.Name;
            // One that other programs have is here for the sake of its hint.
            if (option.Option.Hidden && option.Errors.FirstOrDefault() is { } hint)
                return hint.Message;
            if (option.Tokens.Count < option.Option.Arity.MinimumNumberOfValues)
                return UsageText.OptionNeedsValue(name);
            if (option.IdentifierTokenCount > 1 && option.Option.Arity.MaximumNumberOfValues <= 1)
                return UsageText.OptionTwice(name);
            if (option.Errors.Any() && option.Tokens.Count > 0)
                return UsageText.BadValue(option.Tokens[^1].Value, name);
        }

        return result.Command.Arguments.FirstOrDefault(argument => (parsed.GetResult(argument)?.Tokens.Count ?? 0) < argument.Arity.MinimumNumberOfValues) is { } missing
            ? UsageText.MissingWords(result.Command.Name, fullName, missing.Name)
            : UsageText.Senseless(fullName);
    }

    private static IEnumerable<string> Words(CommandResult result) => result.Command.Subcommands.Select(command => command.Name)
        .Concat(result.Command.Options.Select(option => option.Name))
        .Concat(result.Parent is CommandResult parent ? parent.Command.Options.Where(option => option.Recursive).Select(option => option.Name) : []);
}
