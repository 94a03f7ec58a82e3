using System.Text.RegularExpressions;

namespace Argosy.Sockets.Tests.Guide;

/// <summary>The pieces of C# in a page, and the sources of these tests that they are copied from.</summary>
internal static partial class Snippets
{
    /// <summary>The blocks of C# in a page of docs/, each as its lines without what is only layout.</summary>
    public static IReadOnlyList<string[]> Of(string page) =>
        [.. Block().Matches(Repository.Read("docs", page)).Select(match => Lines(match.Groups[1].Value))];

    /// <summary>Sources in sockets/test/guide.</summary>
    public static IEnumerable<(string Name, string[] Lines)> Sources(string pattern) => Directory
        .EnumerateFiles(Repository.PathOf("sockets", "test", "guide"), pattern)
        .Select(path => (Path.GetFileName(path), Lines(File.ReadAllText(path))));

    /// <summary>Whether the lines stand in the source, one after the other.</summary>
    public static bool Holds(string[] source, string[] lines) => Enumerable.Range(0, source.Length)
        .Any(start => source.AsSpan(start).StartsWith(lines));

    /// <summary>A line as somebody outside of the library writes it: these tests see its internals, so their overrides name them.</summary>
    public static string AsOutside(string line) => line.Replace("protected internal override", "protected override", StringComparison.Ordinal);

    private static string[] Lines(string text) =>
        [.. text.Split('\n').Select(line => AsOutside(Spaces().Replace(line.Trim(), " "))).Where(line => line.Length > 0)];

    [GeneratedRegex(@"^```csharp\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
