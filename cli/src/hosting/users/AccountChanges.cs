using System.CommandLine;
using System.Globalization;
using Argosy.Files;
using Argosy.Server;

namespace Argosy.Cli.Hosting;

/// <summary>The options of <c>user add</c> and <c>user set</c> that change an account, and what they do to it.</summary>
internal sealed class AccountChanges
{
    private readonly List<(Option<string?> Option, Func<Account, string, Account> Apply)> _changes =
    [
        (Text("--home", "DIR", "Its home on this machine, made where it is missing; none: a folder of its name in the served folder."), (account, text) => account with { Home = Home(text) }),
        (Text("--quota", "SIZE", "Most bytes it may hold, such as 500M or 10G; none: no limit of its own."),
            (account, text) => account with { QuotaBytes = text == "none" ? null : Checked("--quota", () => Size(text)) }),
        (Text("--max-files", "N", "Most files it may hold; none: no limit."), (account, text) => account with { QuotaFiles = text == "none" ? null : Count(text) }),
        (Text("--permissions", "LIST", $"What it may do, a list of: {PermissionText.Vocabulary}."),
            (account, text) => account with { Permissions = Checked("--permissions", () => PermissionText.Parse(text)) }),
    ];

    public AccountChanges(Command command)
    {
        foreach (var (option, _) in _changes) command.Add(option);
    }

    public bool Any(ParseResult parsed) => _changes.Any(change => parsed.GetValue(change.Option) is not null);

    public Account Apply(ParseResult parsed, Account account) => _changes.Aggregate(
        account,
        (changed, change) => parsed.GetValue(change.Option) is { } text ? change.Apply(changed, text) : changed);

    private static Option<string?> Text(string name, string value, string meaning) => new(name) { HelpName = value, Description = meaning };

    private static string? Home(string text)
    {
        if (text == "none") return null;
        if (string.IsNullOrWhiteSpace(text) || text.Contains('\0')) throw new CommandException("--home: the folder is empty", exitCode: 2);
        return Path.TrimEndingDirectorySeparator(Path.GetFullPath(WithTilde(text)));
    }

    // The shell leaves it as it is in --home=~/x and in quotes; nobody means a folder of that name.
    private static string WithTilde(string text)
    {
        if (text == "~" || text.StartsWith("~/", StringComparison.Ordinal)) return Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + text[1..];
        return text[0] != '~' ? text : throw new CommandException($"--home: {text} names somebody's home only to a shell; write the whole path, or ./{text}", exitCode: 2);
    }

    private static long Size(string text)
    {
        try
        {
            return ByteSize.Parse(text);
        }
        catch (FormatException error)
        {
            throw new FormatException($"\"{text}\" {error.Message}", error);
        }
    }

    private static T Checked<T>(string option, Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (FormatException error)
        {
            throw new CommandException($"{option}: {error.Message}", exitCode: 2);
        }
    }

    private static long Count(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : throw new CommandException($"--max-files: \"{text}\" is not a number of files", exitCode: 2);
}
