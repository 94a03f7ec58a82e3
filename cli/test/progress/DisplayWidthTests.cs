using System.Globalization;
using System.Text;
using Argosy.Cli.Output;

namespace Argosy.Cli.Tests.Progressing;

public sealed class DisplayWidthTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("plain.txt", 9)]
    [InlineData("é", 1)]
    [InlineData("e\u0301", 1)]
    [InlineData("大きなファイル", 14)]
    [InlineData("ﾌｧｲﾙ", 4)]
    [InlineData("한글", 4)]
    [InlineData("😀", 2)]
    [InlineData("a\u200db", 2)]
    [InlineData("━╸─…", 4)]
    public void It_counts_columns(string text, int expected) => Assert.Equal(expected, DisplayWidth.Of(text));

    [Theory]
    [InlineData("short", 10, "short")]
    [InlineData("/long/path/name.txt", 10, "…/name.txt")]
    [InlineData("漢字漢字", 6, "…漢字")]
    [InlineData("xae\u0301bc", 4, "…e\u0301bc")]
    [InlineData("ae\u0301漢", 3, "…漢")]
    [InlineData("anything", 0, "")]
    public void The_end_of_a_name_is_kept(string text, int columns, string expected) => Assert.Equal(expected, DisplayWidth.FitEnd(text, columns, "…"));

    [Fact(Timeout = 60_000)]
    public async Task No_character_is_wider_than_it_is_taken_for()
    {
        // Another implementation's tables: https://www.unicode.org/reports/tr11/
        const string Widths = """
            import unicodedata
            for code in range(0x300, 0x110000):
                char = chr(code)
                if unicodedata.category(char) in ("Cn", "Cs", "Co"): continue
                zero = unicodedata.category(char) in ("Mn", "Me", "Cf")
                print(code, 0 if zero else 2 if unicodedata.east_asian_width(char) in "WF" else 1, unicodedata.category(char))
            """;
        using var home = new TempFolder();
        var python = await ArgosyCommand.RunProgramAsync(home, "/usr/bin/env", ["python3", "-c", Widths]);
        Assert.Equal("", python.Error);
        var count = 0;
        foreach (var line in python.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split(' ');
            var rune = new Rune(int.Parse(words[0], CultureInfo.InvariantCulture));
            var (ours, theirs) = (DisplayWidth.Of(rune), words[1][0] - '0');
            Assert.True(ours >= theirs, $"U+{rune.Value:X4}: {ours} < {theirs}");
            Assert.True(ours == theirs || words[2] != "Lo" || rune.Value >= 0x16FE0, $"U+{rune.Value:X4}: {ours} > {theirs}");
            count++;
        }

        Assert.True(count > 100_000);
    }
}
