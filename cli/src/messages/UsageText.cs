using System.Collections.Frozen;
using Argosy.Client;
using Argosy.Server;

namespace Argosy.Cli.Messages;

/// <summary>About command lines that make no sense: what is wrong, and what to write instead.</summary>
internal static class UsageText
{
    public const string OnlyLastIsUrl = "Only the last word can be a URL. To fetch files use argosy get.";

    public const string InputTwice =
        "Standard input can be used once: for the password or for one file. Set ARGOSY_PASSWORD instead of --password-stdin.";

    public const string LinksTwice = "Links can be kept or followed: say --links or --copy-links.";

    public const string LinksWithoutFolder = "--links and --copy-links are about folders: add -r. A single file's link is always followed.";

    public const string OneServer = "Both URLs have to be on the same server and of the same account. Use get and put between servers.";

    public const string TargetIsEmpty = "The target's name is empty.";

    // What is to be said, and how that is written, by command.
    private static readonly FrozenDictionary<string, (string What, string Example)> Missing = new Dictionary<string, (string, string)>
    {
        ["put"] = ("what to put, and where", "argosy put FILE argosy://host/"),
        ["get"] = ("what to get", "argosy get argosy://host/file"),
        ["ls"] = ("which folder", "argosy ls argosy://host/"),
        ["stat"] = ("what to look at", "argosy stat argosy://host/file"),
        ["hash"] = ("of which file", "argosy hash argosy://host/file"),
        ["mkdir"] = ("which folder to make", "argosy mkdir argosy://host/new"),
        ["rm"] = ("what to remove", "argosy rm argosy://host/file"),
        ["mv"] = ("what to rename, and its new name", "argosy mv argosy://host/old new"),
        ["uploads"] = ("whose", "argosy uploads argosy://host/"),
        ["shell"] = ("which server", "argosy shell argosy://host/"),
    }.ToFrozenDictionary();

    public static string MissingWords(string command, string fullName, string argument) => Missing.TryGetValue(command, out var row)
        ? $"Say {row.What}: {row.Example}"
        : $"A word is missing: {fullName} {argument}";

    public static string OptionNeedsValue(string option) => $"\"{option}\" needs a value";

    public static string OptionTwice(string option) => $"\"{option}\" can be given once";

    public static string BadValue(string value, string option) => $"\"{Terminal.Escape(value)}\" is no value for {option}";

    public static string Senseless(string fullName) => $"These words do not go together. See: {fullName} --help";

    public static string UnknownOption(string word, IEnumerable<string> known) =>
        $"there is no option \"{Terminal.Escape(word)}\" here{Hint(word, known)}";

    public static string UnknownCommand(string word, IEnumerable<string> known) =>
        $"there is no command \"{Terminal.Escape(word)}\" here{Hint(word, known)}";

    public static string OneTooMany(string word) => $"\"{Terminal.Escape(word)}\" is one argument too many";

    public static string SeeHelp(string fullName) => $"See: {fullName} --help";

    public static string LastIsNoUrl(string first) => $"The last word has to be a URL: argosy put {ShellWord.Of(Terminal.Escape(first))} argosy://host/";

    /// <summary>All checksums' names.</summary>
    public static string Algorithms { get; } = string.Join(", ", HashAlgorithms.Names.SkipLast(1)) + " and " + HashAlgorithms.Names[^1];

    public static string UnknownAlgorithm(string name) => $"\"{Terminal.Escape(name)}\" is not an algorithm here; there are {Algorithms}";

    // What people of other programs type, and what it is called here.
    private static string Hint(string word, IEnumerable<string> known) => word switch
    {
        "upload" or "send" or "push" => "; did you mean \"put\"?",
        "download" or "fetch" or "pull" => "; did you mean \"get\"?",
        "list" or "dir" => "; did you mean \"ls\"?",
        "delete" or "del" or "remove" when known.Contains("rm") => "; did you mean \"rm\"?",
        "move" or "rename" => "; did you mean \"mv\"?",
        _ => NearestWord.Hint(word, known),
    };
}
