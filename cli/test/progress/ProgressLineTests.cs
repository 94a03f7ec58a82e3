using System.Text;
using Argosy.Cli.Output;
using FsCheck;
using FsCheck.Fluent;

namespace Argosy.Cli.Tests.Progressing;

public sealed class ProgressLineTests
{
    private static readonly Config Repeatable =
        Config.QuickThrowOnFailure.WithReplay(new Replay(new Rnd(2026, 7373), Microsoft.FSharp.Core.FSharpOption<int>.None)).WithMaxTest(50);

    private static readonly ProgressState Typical = new()
    {
        Bytes = 1_825_361_100,
        Total = 4L << 30,
        Rate = 12_582_912,
        Left = TimeSpan.FromSeconds(194),
        Elapsed = TimeSpan.FromSeconds(140),
        Activity = "",
        Name = "/photos/2026/may/img_0001.raw",
    };

    // Numbers of every size, names of every script, escapes and half pairs among them.
    private static readonly Gen<ProgressState> States =
        from bytes in Number
        from total in Number
        from files in Number
        from totalFiles in Number
        from isGrowing in ArbMap.Default.GeneratorFor<bool>()
        from rate in Number
        from left in Number
        from name in Gen.OneOf(Text, ArbMap.Default.GeneratorFor<string>())
        from activity in Gen.Elements("", "", "comparing", "stalled 0:07", "computing sha256")
        select new ProgressState
        {
            Bytes = bytes,
            Total = total,
            Files = files,
            TotalFiles = totalFiles,
            IsGrowing = isGrowing,
            Rate = rate % 3 == 0 ? null : rate,
            Left = left % 3 == 0 ? null : TimeSpan.FromSeconds(Math.Min(left, 100_000_000)),
            Elapsed = TimeSpan.FromSeconds(Math.Min(left, 100_000_000)),
            Activity = activity,
            Name = name,
        };

    private static Gen<long> Number => Gen.OneOf(
        Gen.Constant(0L), Gen.Choose(0, 3000).Select(value => (long)value), Gen.Choose(0, 62).Select(bits => (1L << bits) - 1), Gen.Constant(long.MaxValue));

    private static Gen<string> Text => Gen.ListOf(Gen.Elements(
        "a", "/", "é", "e\u0301", "漢", "한", "👩‍👩‍👧", "🇩🇪", "☺\uFE0F", "\u001b[31m", "\n", "\u009b", "\u202e", "\ud83d", "\u200d", "…")).Select(parts => string.Concat(parts));

    [Fact]
    public void At_no_width_and_in_no_state_it_is_wider_than_its_row_or_holds_a_control_character() =>
        Prop.ForAll(States.ToArbitrary(), AssertFitsAnywhere).Check(Repeatable);

    [Fact]
    public void What_is_typical_fits_anywhere() => AssertFitsAnywhere(Typical);

    [Theory]
    [InlineData(10, " 42%")]
    [InlineData(20, " 42% 1.7/4.0 GiB")]
    [InlineData(32, " 42% 1.7/4.0 GiB 12 MiB/s")]
    [InlineData(40, " 42% 1.7/4.0 GiB 12 MiB/s 3:14 left")]
    [InlineData(60, " ━━━━━━╸─────────   42%  1.7/4.0 GiB   12 MiB/s   3:14 left")]
    [InlineData(80, " ━━━━━━━╸──────────   42%  1.7/4.0 GiB   12 MiB/s   3:14 left  …ay/img_0001.raw")]
    [InlineData(120, " ━━━━━━━━━━━━━━━━──────────────────────   42%  1.7/4.0 GiB   12 MiB/s   3:14 left  /photos/2026/may/img_0001.raw")]
    public void It_gives_up_the_least_important_first(int columns, string expected) =>
        Assert.Equal(expected, ProgressLine.Of(Typical, columns, ProgressGlyphs.Unicode));

    [Theory]
    [InlineData(30, " 5% 12/240 KiB 2.0 MiB/s")]
    [InlineData(40, " 5% 12/240 KiB 13/3001 files 2.0 MiB/s")]
    [InlineData(80, " -..................    5%   12/240 KiB    13/3001 files  2.0 MiB/s   0:09 left")]
    public void Trees_tell_files_too(int columns, string expected) => Assert.Equal(expected, ProgressLine.Of(
        new ProgressState { Bytes = 12 << 10, Total = 240 << 10, Files = 13, TotalFiles = 3001, Rate = 2 << 20, Left = TimeSpan.FromSeconds(9) },
        columns,
        ProgressGlyphs.Ascii));

    [Fact]
    public void What_may_still_grow_has_no_share_and_says_so()
    {
        var line = ProgressLine.Of(Typical with { IsGrowing = true, Files = 3, TotalFiles = 300, Left = null }, 120, ProgressGlyphs.Ascii);
        Assert.Contains("1.7/4.0+ GiB", line, StringComparison.Ordinal);
        Assert.Contains("3/300+ files", line, StringComparison.Ordinal);
        Assert.DoesNotContain("%", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_what_is_complete_is_a_hundred_per_cent()
    {
        Assert.Contains(" 99%", ProgressLine.Of(Typical with { Bytes = Typical.Total - 1 }, 80, ProgressGlyphs.Unicode), StringComparison.Ordinal);
        Assert.Contains("100%", ProgressLine.Of(Typical with { Bytes = Typical.Total }, 80, ProgressGlyphs.Unicode), StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_keep_their_places_while_they_change()
    {
        var lines = Enumerable.Range(1, 900).Select(step => ProgressLine.Of(
            Typical with { Bytes = 100L * step << 20, Total = 900L << 20, Rate = 1000 * step, Left = TimeSpan.FromSeconds(900 - step), Name = "" }, 80, ProgressGlyphs.Ascii));
        Assert.Single(lines.Select(line => line.IndexOf("/s", StringComparison.Ordinal)).Distinct());
    }

    [Theory]
    [InlineData(0, "0:00")]
    [InlineData(59.9, "0:59")]
    [InlineData(754, "12:34")]
    [InlineData(3723, "1:02:03")]
    [InlineData(359_999, "99:59:59")]
    [InlineData(360_000, "4d 04h")]
    [InlineData(1e9, "999d 01h")]
    public void Times_are_short(double seconds, string expected) => Assert.Equal(expected, ProgressLine.Duration(TimeSpan.FromSeconds(seconds)));

    private static void AssertFitsAnywhere(ProgressState state)
    {
        for (var columns = 0; columns <= 300; columns++)
        {
            AssertFits(state, columns, isUnicode: true);
            AssertFits(state, columns, isUnicode: false);
        }
    }

    private static void AssertFits(ProgressState state, int columns, bool isUnicode)
    {
        var line = ProgressLine.Of(state, columns, isUnicode ? ProgressGlyphs.Unicode : ProgressGlyphs.Ascii);
        Assert.True(DisplayWidth.Of(line) <= Math.Max(0, columns - 1), $"{columns}: “{line}”");
        Assert.DoesNotContain(line.EnumerateRunes(), Rune.IsControl);
        Assert.True(isUnicode || Ascii.IsValid(line), line);
        Assert.True(line.Length == 0 || line[0] == ' ', line);
    }
}
