using Argosy.Cli.Output;
using Argosy.Client;
using Argosy.Server;

namespace Argosy.Cli.Messages;

/// <summary>What the shell says by itself.</summary>
internal static class ShellText
{
    public const string NoFolderBefore = "There is no folder before this one yet.";

    public const string OpenQuote = "A quote is never closed.";

    public const string InputIsTaken = "Standard input is the shell's own. A file of that name is ./-";

    public const string NoPipes = "Pipes and redirections are not supported here; quote the sign where it belongs to a name.";

    public static string Connected(string server) => $"Connected to {server}. Type help to see the commands.";

    public static string UnknownCommand(string word, IEnumerable<string> known) =>
        $"There is no command \"{Terminal.Escape(word)}\"{Ended(NearestWord.Hint(word, known))} Type help to see them all.";

    public static string UnknownOption(string word, string verb, IEnumerable<string> known) =>
        $"There is no option \"{Terminal.Escape(word)}\" here{Ended(NearestWord.Hint(word, known))} See: help {verb}";

    public static string NameMissing(string usage) => $"A name is missing: {usage}";

    public static string TooManyNames(string usage) => $"There are too many names: {usage}";

    public static string Continue(string subject) => $"{subject}  incomplete: continue? [Y/n] ";

    public static string Quota(Quota quota)
    {
        var bytes = quota.BytesLimit is { } most
            ? $"{Sizes.Of(quota.Bytes)} of {Sizes.Of(most)} used, {Sizes.Of(Math.Max(most - quota.Bytes, 0))} free"
            : $"{Sizes.Of(quota.Bytes)} used, no limit";
        var files = quota.FilesLimit is { } limit ? $"{quota.Files} of {limit} used" : $"{quota.Files}, no limit";
        return $"Space  {bytes}\nFiles  {files}";
    }

    private static string Ended(string hint) => hint.Length > 0 ? hint : ".";
}
