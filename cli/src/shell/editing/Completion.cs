namespace Argosy.Cli.Shell.Editing;

/// <summary>What a word that is being typed may become.</summary>
/// <param name="Start">Where the word begins in the line.</param>
/// <param name="Typed">What of it was typed, quotes taken off.</param>
/// <param name="Open">The quotes that are open.</param>
/// <param name="Candidates">Sorted, each once.</param>
internal sealed record Completion(int Start, string Typed, Quote Open, IReadOnlyList<Candidate> Candidates)
{
    public static Completion Nothing { get; } = new(0, "", Quote.None, []);

    /// <summary>What can be put in the word's place by now: the one candidate, or what all have in common. Null where that is no more than was typed.</summary>
    public string? Replacement => Candidates switch
    {
        [] => null,
        [var only] => Whole(only),
        _ => Common is { } common && common.Length > Typed.Length ? Unfinished(common) : null,
    };

    private string Common
    {
        get
        {
            var (first, length) = (Candidates[0].Name, Candidates.Min(candidate => candidate.Name.Length));
            var same = 0;
            while (same < length && Candidates.All(candidate => candidate.Name[same] == first[same]))
                same++;
            // Not the half of a character.
            return same > 0 && char.IsHighSurrogate(first[same - 1]) ? first[..(same - 1)] : first[..same];
        }
    }

    private string Whole(Candidate candidate)
    {
        var (text, end) = Quoting.Begin(Open, candidate.Name);
        return (candidate.IsFolder, Open) switch
        {
            (false, _) => $"{text}{end} ",
            (true, Quote.None) => $"{text}{end}/",
            // What is in the folder belongs to the same word.
            (true, _) => $"{text}/",
        };
    }

    private string Unfinished(string name)
    {
        var (text, end) = Quoting.Begin(Open, name);
        return Open == Quote.None ? text + end : text;
    }
}

/// <summary>One of several.</summary>
/// <param name="Name">The whole word; a folder's without a slash at its end.</param>
/// <param name="IsFolder">True where more may follow.</param>
/// <param name="Shown">How it stands in a list; safe to show.</param>
internal sealed record Candidate(string Name, bool IsFolder, string Shown);

/// <summary>Finds what the word before the cursor may become.</summary>
/// <param name="line">The line up to the cursor.</param>
/// <param name="stop">Nobody waits any more.</param>
internal delegate Task<Completion> Completer(string line, CancellationToken stop);
