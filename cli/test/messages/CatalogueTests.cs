using System.Text.RegularExpressions;

namespace Argosy.Cli.Tests.Messages;

/// <summary>What the command says stands in one catalogue, in one style.</summary>
public sealed partial class CatalogueTests
{
    private static readonly string Source = Path.Combine(SourceTree.Repository, "cli", "src");

    // The folder of the server's commands has words of its own; a line of measurements is drawn over itself.
    private static readonly string[] Elsewhere = ["messages/", "hosting/", "bench/BenchProgress.cs"];

    private static IEnumerable<(string Name, string Text)> Files(string folder) => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        .Select(file => (Path.GetRelativePath(folder, file), File.ReadAllText(file)));

    [Fact]
    public void Only_the_catalogue_has_words_for_people()
    {
        var found = Files(Source)
            .Where(file => !Elsewhere.Any(place => file.Name.StartsWith(place, StringComparison.Ordinal)))
            .SelectMany(file => Words().Matches(file.Text).Select(match => $"{file.Name}: {match.Value}"))
            .ToList();
        Assert.Empty(found);
        Assert.NotEmpty(Words().Matches("throw new IOException($\"{path} is no folder.\");"));
    }

    [Fact]
    public void Words_are_plain_ASCII_with_one_kind_of_quotes()
    {
        var catalogue = Files(Path.Combine(Source, "messages")).Concat(Files(Path.Combine(SourceTree.Repository, "client", "src", "errors"))).ToList();
        Assert.True(catalogue.Count > 10);
        Assert.Empty(catalogue.SelectMany(file => Literal().Matches(file.Text).Where(match => match.Value.Any(character => character > '~')).Select(match => $"{file.Name}: {match.Value}")));
    }

    [Fact]
    public void The_base_librarys_words_are_passed_on_by_nobody()
    {
        var found = Files(Source)
            .Where(file => !Elsewhere.Any(place => file.Name.StartsWith(place, StringComparison.Ordinal)))
            .SelectMany(file => PassedOn().Matches(file.Text).Select(match => $"{file.Name}: {match.Value}"))
            // Each of these has looked whose words they are.
            .Where(found => !found.StartsWith("Failure.cs", StringComparison.Ordinal) && !found.StartsWith("console/Results.cs", StringComparison.Ordinal)
                && !found.StartsWith("bench/BenchCommand.cs", StringComparison.Ordinal) && !found.StartsWith("bench/BenchLoadCommand.cs", StringComparison.Ordinal));
        Assert.Empty(found);
    }

    [GeneratedRegex("""(Exception\(|Console\.(Out|Error)\.Write(Line)?\(|(Advise|Warn|AdviseAtOnce)\()\$?@?"[^"\n]*[A-Za-z]{3}[^\n]*""")]
    private static partial Regex Words();

    [GeneratedRegex("""\$?"(\\.|[^"\\\n])*" ?""")]
    private static partial Regex Literal();

    [GeneratedRegex(@"\b(e|error|exception|failed|wrong|failure)\.Message\b")]
    private static partial Regex PassedOn();
}
