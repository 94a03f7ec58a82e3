using System.Text.RegularExpressions;

namespace Argosy.Server.Tests.Messages;

/// <summary>What clients and operators are told stands in one catalogue of each room, in one style.</summary>
public sealed partial class CatalogueTests
{
    public static TheoryData<string> Rooms => ["files/src", "frontends/native/src", "server/src", "wire/src"];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Only_the_catalogue_has_words_for_people(string room)
    {
        var found = Files(room)
            .Where(file => !file.Name.StartsWith("messages/", StringComparison.Ordinal))
            .SelectMany(file => Words().Matches(file.Text).Select(match => $"{file.Name}: {match.Value}"));
        Assert.Empty(found);
    }

    [Theory]
    [InlineData("throw new FileException(FileError.NotFound, $\"{path} does not exist.\");")]
    [InlineData("new(WireError.Timeout, \"The body took too long.\", id)")]
    [InlineData("throw new StartException(\n    $\"{name} is a link\", error);")]
    [InlineData("throw BadFrame(\"The header is not UTF-8.\");")]
    [InlineData("return Wrong<long?>(\"a whole number\");")]
    [InlineData("Refuse(name.IsEmpty, \"A name is needed\");")]
    public void Words_at_a_fault_are_found(string code) => Assert.NotEmpty(Words().Matches(code));

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Words_are_plain_ASCII(string room)
    {
        var catalogue = Files(room + "/messages");
        Assert.NotEmpty(catalogue);
        Assert.Empty(catalogue.SelectMany(file => Literal().Matches(file.Text).Where(match => match.Value.Any(character => character > '~')).Select(match => $"{file.Name}: {match.Value}")));
    }

    private static List<(string Name, string Text)> Files(string room)
    {
        var folder = Path.Combine(RoomRulesTests.Repository, room);
        return [.. Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Select(file => (Path.GetRelativePath(folder, file), File.ReadAllText(file)))];
    }

    // Exceptions for programmers, and those of connections, which only the log shows, are no words for people.
    [GeneratedRegex("""
        (\b(File|Wire|Configuration|Start|Home|AccountStore|AccountImport|IO|Format|Json)Exception\(|\bnew\((File|Wire)Error\.|\b(Refuse|Wrong(<[^>]*>)?|Unusable|BadFrame|Malformed)\()[^;{}"]*\$?"[^"\n]*[A-Za-z]{2,}[ ][A-Za-z]+[^"\n]*"
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Words();

    [GeneratedRegex("""\$?"(\\.|[^"\\\n])*" ?""")]
    private static partial Regex Literal();
}
