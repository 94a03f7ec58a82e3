using System.Text;
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
    /// <exception cref="IOException">A pattern that nothing matches.</exception>
    public static IReadOnlyList<string> All(Word word)
    {
        if (word.Pattern is null || Path.Exists(One(word)))
            return [One(word)];
        var parts = Place(word, word.Pattern).Split('/');
        IEnumerable<string> found = [parts[0].Length == 0 ? "/" : ""];
        foreach (var (index, part) in parts.Index().Where(part => part.Item.Length > 0))
            found = found.SelectMany(folder => Match(folder, part, isLast: index == parts.Length - 1)).ToList();
        return found.ToList() is { Count: > 0 } matches ? matches : throw new IOException($"Nothing here matches {Terminal.Escape(word.Text)}.");
    }

    // A name that looks like a URL is still a name.
    private static string Place(Word word, string text)
    {
        for (var at = 0; at < text.Length; at += char.IsSurrogatePair(text, at) ? 2 : 1)
        {
            if (text[at] == '\0' || !Rune.TryGetRuneAt(text, at, out _))
                throw new UsageException("Local names can be text alone.");
        }

        if (word.IsAtHome && (text == "~" || text.StartsWith("~/", StringComparison.Ordinal)))
            return Home + text[1..];
        return ArgosyUrl.Looks(text) ? $"./{text}" : text;
    }

    private static IEnumerable<string> Match(string folder, string part, bool isLast)
    {
        var pattern = Encoding.UTF8.GetBytes(part);
        if (!RemotePattern.IsWild(pattern))
            return Path.Exists(Path.Combine(folder, part)) ? [Path.Combine(folder, part)] : [];
        var matcher = new RemotePattern(pattern);
        try
        {
            return new DirectoryInfo(folder.Length == 0 ? "." : folder).EnumerateFileSystemInfos()
                .Where(entry => (isLast || entry.Attributes.HasFlag(FileAttributes.Directory)) && matcher.Matches(Encoding.UTF8.GetBytes(entry.Name)))
                .Select(entry => Path.Combine(folder, entry.Name))
                .Order(StringComparer.Ordinal)
                .ToList();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
