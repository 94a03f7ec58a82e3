using Argosy.Cli.Messages;
using Argosy.Cli.Transfer;
using Argosy.Client;

namespace Argosy.Cli.Shell;

/// <summary>Words that name local files: <c>~</c>, and wildcards, as a shell expands them.</summary>
internal static class LocalNames
{
    private static string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <summary>The one place that a word means.</summary>
    /// <exception cref="UsageException">It cannot be said to this system.</exception>
    public static string One(Word word) => Place(word, word.Text);

    /// <summary>The places that a word means; a pattern's are sorted.</summary>
    /// <exception cref="CommandException">A pattern that nothing matches.</exception>
    public static IReadOnlyList<string> All(Word word)
    {
        if (word.Pattern is null || Exists(One(word)))
            return [One(word)];
        var parts = Place(word, word.Pattern).Split('/');
        IEnumerable<string> found = [parts[0].Length == 0 ? "/" : ""];
        foreach (var (index, part) in parts.Index().Where(part => part.Item.Length > 0))
            found = found.SelectMany(folder => Match(folder, part, isLast: index == parts.Length - 1)).ToList();
        return found.ToList() is { Count: > 0 } matches ? matches : throw new CommandException(PlaceText.NothingMatchesHere(Terminal.Escape(word.Text)));
    }

    // A link that leads nowhere is there too.
    private static bool Exists(string place) => LocalFiles.Find(place, follow: false) is not null;

    // A name that looks like a URL is still a name.
    private static string Place(Word word, string text)
    {
        // Bytes that are no text are fine; half a character and a zero are not.
        if (ByteText.ToBytes(text).Contains((byte)0))
            throw new UsageException(PlaceText.ZeroInName);
        if (word.IsAtHome && (text == "~" || text.StartsWith("~/", StringComparison.Ordinal)))
            return Home + text[1..];
        return ArgosyUrl.Looks(text) ? $"./{text}" : text;
    }

    private static IEnumerable<string> Match(string folder, string part, bool isLast)
    {
        var pattern = ByteText.ToBytes(part);
        if (!RemotePattern.IsWild(pattern))
            return Exists(Path.Combine(folder, part)) ? [Path.Combine(folder, part)] : [];
        var matcher = new RemotePattern(pattern);
        try
        {
            return LocalFiles.List(folder.Length == 0 ? "." : folder)
                .Where(entry => matcher.Matches(entry.Name.Bytes.Span))
                .Select(entry => Path.Combine(folder, ByteText.OfBytes(entry.Name.Bytes.Span)))
                .Where(place => isLast || LocalFiles.IsFolder(place))
                .Order(StringComparer.Ordinal)
                .ToList();
        }
        catch (LocalFileException)
        {
            return [];
        }
    }
}
