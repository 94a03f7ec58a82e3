using System.Text.RegularExpressions;

namespace Argosy.Server.Tests;

/// <summary>docs/security.md names tests: each has to be there, and each promise has to have one.</summary>
public sealed partial class SecurityPageTests
{
    private static readonly string[] Rows =
    [
        .. File.ReadLines(Path.Combine(RoomRulesTests.Repository, "docs", "security.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| Promise", StringComparison.Ordinal)),
    ];

    [Fact]
    public void Every_promise_names_a_test()
    {
        Assert.InRange(Rows.Length, 30, 200);
        Assert.Equal([], Rows.Where(row => Named(row).Count == 0));
    }

    [Fact]
    public void Every_test_that_is_named_exists()
    {
        var sources = Directory.EnumerateFiles(RoomRulesTests.Repository, "*.cs", SearchOption.AllDirectories)
            .Where(IsTest)
            .Select(File.ReadAllText)
            .ToList();
        Assert.Equal([], Rows.SelectMany(Named).Distinct().Where(test => !sources.Any(source => Holds(source, test))).Select(test => $"{test.Class}.{test.Method}"));
    }

    private static bool IsTest(string path)
    {
        var parts = Path.GetRelativePath(RoomRulesTests.Repository, path).Split(Path.DirectorySeparatorChar);
        return parts[0] is not ("artifacts" or ".git") && (parts.Contains("test") || parts is ["frontends", "contract", ..]);
    }

    private static bool Holds(string source, (string Class, string Method) test) =>
        Regex.IsMatch(source, $@"\bclass {test.Class}\b")
        && Regex.IsMatch(source, $@"\[(Fact|Theory)\b((?!\bpublic\b).)*\bpublic (async )?(Task|void) {test.Method}\(", RegexOptions.Singleline);

    private static List<(string Class, string Method)> Named(string row) =>
        [.. TestName().Matches(row).Select(match => (match.Groups["class"].Value, match.Groups["method"].Value))];

    [GeneratedRegex(@"`(?<class>[A-Z]\w+)\.(?<method>[A-Z]\w*_\w+)`")]
    private static partial Regex TestName();
}
