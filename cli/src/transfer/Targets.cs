using Argosy.Cli.Messages;
using Argosy.Cli.Output;

namespace Argosy.Cli.Transfer;

/// <summary>
/// The places that one command writes to. Of two sources that would become the same place the first does, as with cp(1): to let the later
/// one win would lose the other without a word.
/// </summary>
internal static class Targets
{
    /// <param name="sources">What is to be moved.</param>
    /// <param name="place">Where to; safe to show.</param>
    /// <param name="name">What a source is called; safe to show.</param>
    /// <param name="results">Told of those that are left out.</param>
    /// <returns>The others, and the exit code so far.</returns>
    public static (List<T> Kept, int Code) Distinct<T>(IEnumerable<T> sources, Func<T, string> place, Func<T, string> name, Results results)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var kept = new List<T>();
        var code = 0;
        foreach (var source in sources)
        {
            if (taken.Add(place(source)))
            {
                kept.Add(source);
                continue;
            }

            results.Fail(new CommandException(PlaceText.Taken(place(source))), name(source));
            code = 1;
        }

        return (kept, code);
    }
}
