using System.Text;
using Argosy.Cli.Messages;
using Argosy.Cli.Transfer;

namespace Argosy.Cli.Shell.Verbs;

/// <summary>The shell itself.</summary>
internal static class SessionVerbs
{
    private static readonly string[] Typing =
    [
        "A name with blanks or other signs is quoted: 'my file', \"my file\" or my\\ file.",
        "* ? [a-z] mean several. Tab completes commands, options and names; twice shows",
        "what there is. Up, Down and Ctrl-R find earlier lines; one that begins with a",
        "space is not kept. Ctrl-C clears the line or stops a command; Ctrl-D ends.",
        "In a script (argosy shell URL < script) lines are run until one fails, and its",
        "exit code is the script's; a - before a line lets it fail. # begins a comment.",
    ];

    public static Verb[] All { get; } =
    [
        new("help", "[COMMAND]", "Explain the commands, or one.", HelpAsync) { Aliases = ["?"], Most = 1, NeedsServer = false, Names = [NameKind.Verb] },
        new("quit", "", "End.", QuitAsync) { Aliases = ["exit", "bye"], Most = 0, NeedsServer = false },
    ];

    /// <summary>A command's help.</summary>
    public static string Help(Verb verb)
    {
        var text = new StringBuilder($"{verb.Name} {verb.Usage}".TrimEnd()).Append('\n').Append("  ").Append(verb.Summary).Append('\n');
        if (verb.Aliases.Length > 0)
            text.Append("  Also: ").AppendJoin(", ", verb.Aliases).Append('\n');
        var options = verb.Options.Select(option => ($"{(option.Letter is { } letter ? letter + ", " : "    ")}{option.Name} {option.Value}".TrimEnd(), option.Description)).ToList();
        foreach (var (words, description) in options)
            text.Append("  ").Append(words.PadRight(options.Max(option => option.Item1.Length) + 2)).Append(description).Append('\n');
        if (options.Count > 0 && verb.Notes.Length > 0)
            text.Append('\n');
        foreach (var note in verb.Notes)
            text.Append($"  {note}".TrimEnd()).Append('\n');
        return text.ToString().TrimEnd('\n');
    }

    /// <summary>All commands, a line each, and how to type.</summary>
    public static string HelpOfAll()
    {
        var lines = AllVerbs.List.Select(verb => (Usage: $"{verb.Name} {verb.Usage}".TrimEnd(), verb.Summary)).ToList();
        return string.Join('\n', lines.Select(line => $"{line.Usage.PadRight(lines.Max(one => one.Usage.Length) + 2)}{line.Summary}").Append("").Concat(Typing));
    }

    private static Task<int> HelpAsync(Call call)
    {
        var help = call.Names switch
        {
            [] => HelpOfAll(),
            [var name] when AllVerbs.Find(name.Text) is { } verb => Help(verb),
            _ => throw Unknown(call.Names[0].Text),
        };
        call.Shell.Results.Show(help, _ => { });
        return Task.FromResult(0);
    }

    /// <summary>There is no such command.</summary>
    public static UsageException Unknown(string word)
    {
        return new UsageException(ShellText.UnknownCommand(word, AllVerbs.List.SelectMany(verb => verb.Aliases.Prepend(verb.Name))));
    }

    private static Task<int> QuitAsync(Call call)
    {
        call.Shell.IsOver = true;
        return Task.FromResult(0);
    }
}
