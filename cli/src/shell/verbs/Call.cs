using Argosy.Cli.Messages;
using Argosy.Cli.Transfer;
using Argosy.Client;

namespace Argosy.Cli.Shell.Verbs;

/// <summary>One use of a command: its words, told apart.</summary>
/// <param name="Shell">Where.</param>
/// <param name="Options">The options, with their values, as they were written.</param>
/// <param name="Names">The other words.</param>
/// <param name="Stop">Ends it in order.</param>
internal sealed record Call(RemoteShell Shell, IReadOnlyList<string> Options, IReadOnlyList<Word> Names, CancellationToken Stop)
{
    private RemoteCommand? _command;

    /// <summary>True once something was begun that the same line would go on with.</summary>
    public bool CanResume => _command?.CanResume == true;

    /// <summary>Tells options and names apart.</summary>
    /// <exception cref="UsageException">There is no such option, or there are too many or too few names.</exception>
    public static Call Of(RemoteShell shell, Verb verb, IReadOnlyList<Word> words, CancellationToken stop)
    {
        var (options, names) = (new List<string>(), new List<Word>());
        var isAllNames = verb.TakesAllWords;
        for (var at = 0; at < words.Count; at++)
        {
            var word = words[at];
            if (isAllNames || !word.IsOption)
            {
                names.Add(word);
            }
            else if (word.Text == "--")
            {
                isAllNames = true;
            }
            else
            {
                options.Add(word.Text);
                if (NeedsValue(verb, word.Text) && ++at < words.Count)
                    options.Add(words[at].Text);
            }
        }

        if (names.Count < verb.Least || names.Count > verb.Most)
            throw new UsageException((names.Count < verb.Least ? ShellText.NameMissing($"{verb.Name} {verb.Usage}") : ShellText.TooManyNames($"{verb.Name} {verb.Usage}")).TrimEnd());
        return new Call(shell, options, names, stop);
    }

    /// <summary>Does what a command of the command line does, with the options of this line.</summary>
    public Task<int> RunAsync(RemoteCommand command, params IEnumerable<string> words)
    {
        _command = command;
        return command.RunAsync([.. Options, "--", .. words], Shell.Remote, Stop);
    }

    /// <summary>The places on the server that words mean; where none is given, this folder.</summary>
    /// <exception cref="RefusedException">A pattern that nothing matches.</exception>
    public async Task<IReadOnlyList<RemotePath>> ExpandAsync(IEnumerable<Word> words)
    {
        var paths = new List<RemotePath>();
        foreach (var word in words)
        {
            if (word.Pattern is null)
            {
                paths.Add(Shell.Resolve(word.Text));
                continue;
            }

            var before = paths.Count;
            await foreach (var path in (await Shell.ConnectAsync(Stop)).ExpandAsync(Shell.Resolve(word.Pattern), Stop))
                paths.Add(path);
            if (paths.Count == before)
                throw RefusedException.NotFound(Shell.Resolve(word.Pattern)).InOtherWords(PlaceText.NothingMatches(Terminal.Escape(word.Text)));
        }

        return paths;
    }

    private static bool NeedsValue(Verb verb, string word)
    {
        if (word.StartsWith("--", StringComparison.Ordinal))
        {
            var name = word.Split('=')[0];
            var option = verb.Options.FirstOrDefault(option => option.Name == name) ?? throw Unknown(verb, name);
            return option.Value is not null && name == word;
        }

        // Letters may stand together: -la.
        foreach (var letter in word[1..])
        {
            if (verb.Options.All(option => option.Letter != $"-{letter}"))
                throw Unknown(verb, word.Length == 2 ? word : $"-{letter}");
        }

        return false;
    }

    private static UsageException Unknown(Verb verb, string word)
    {
        return new UsageException(ShellText.UnknownOption(word, verb.Name, verb.Options.Select(option => option.Name)));
    }
}
