using System.Text.RegularExpressions;

namespace Argosy.Wire.Tests;

/// <summary>docs/protocol.md, so that it is held against the code.</summary>
internal static partial class Specification
{
    internal static string Text { get; } = File.ReadAllText(Find());

    /// <summary>The part from one heading to the next of the same level.</summary>
    internal static string Section(string heading)
    {
        var start = Text.IndexOf($"\n{heading}", StringComparison.Ordinal) + 1;
        Assert.True(start > 0, $"docs/protocol.md has no \"{heading}\".");
        var level = heading[..(heading.IndexOf(' ', StringComparison.Ordinal) + 1)];
        var end = Text.IndexOf($"\n{level}", start, StringComparison.Ordinal);
        return end < 0 ? Text[start..] : Text[start..end];
    }

    /// <summary>The fenced blocks of a kind, each as the text between its fences.</summary>
    internal static List<string> Blocks(string section, string kind) =>
        [.. Fences().Matches(section).Where(match => match.Groups["kind"].Value == kind).Select(match => match.Groups["text"].Value)];

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "docs", "protocol.md");
            if (File.Exists(path))
                return path;
        }

        throw new FileNotFoundException("No docs/protocol.md above the test's folder.");
    }

    [GeneratedRegex(@"^```(?<kind>\w*)\n(?<text>.*?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Fences();
}
