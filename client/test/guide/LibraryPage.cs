using System.Text.RegularExpressions;

namespace Argosy.Client.Tests.Guide;

/// <summary>docs/library.md, and the pieces of C# in it.</summary>
internal static partial class LibraryPage
{
    /// <summary>The whole page.</summary>
    public static string Text { get; } = File.ReadAllText(Path.Combine(Root(), "docs", "library.md"));

    /// <summary>Its blocks of C#, each as its lines without what is only layout.</summary>
    public static IReadOnlyList<string[]> Snippets { get; } = [.. Block().Matches(Text).Select(match => Lines(match.Groups[1].Value))];

    /// <summary>Whether a block stands among these tests, line after line, so that it was compiled and run.</summary>
    public static bool IsTested(string[] snippet) => Directory
        .EnumerateFiles(Path.Combine(Root(), "client", "test", "guide"), "*.cs")
        .Select(path => Lines(File.ReadAllText(path)))
        .Any(source => Enumerable.Range(0, source.Length).Any(start => source.AsSpan(start).StartsWith(snippet)));

    private static string[] Lines(string text) => [.. text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Argosy.slnx"))) folder = folder.Parent!;
        return folder.FullName;
    }

    [GeneratedRegex(@"^```csharp\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();
}
