using FsCheck;
using FsCheck.Fluent;

namespace Argosy.Files.Tests;

public sealed class AccountNameTests
{
    [Theory]
    [InlineData("alex", "alex")]
    [InlineData("Ange\u0301lique", "Ang\u00E9lique")]
    [InlineData("a b", "a b")]
    [InlineData("...", "...")]
    [InlineData("user@example.org", "user@example.org")]
    public void A_name_becomes_NFKC(string name, string normal) => Assert.Equal(normal, AccountName.Normalize(name));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("\u2024\u2024")]
    [InlineData("\u2025")]
    [InlineData("a/b")]
    [InlineData("a\uFF0Fb")]
    [InlineData("a\\b")]
    [InlineData("a\0b")]
    [InlineData("a\u001B[2J")]
    [InlineData("a\u202Eb")]
    [InlineData("\u200B")]
    [InlineData(" alex")]
    [InlineData("alex\u00A0")]
    [InlineData("Anonymous")]
    public void What_is_no_plain_child_of_a_folder_is_no_name(string name) => Assert.Throws<FormatException>(() => AccountName.Normalize(name));

    [Fact]
    public void Text_that_is_no_Unicode_is_no_name() => Assert.False(AccountName.TryNormalize("a" + (char)0xD800, out _, out _));

    [Fact]
    public void A_name_has_at_most_64_characters_after_normalization_too()
    {
        Assert.Equal(64, AccountName.Normalize(new string('x', 64)).Length);
        Assert.Throws<FormatException>(() => AccountName.Normalize(new string('x', 65)));
        Assert.Throws<FormatException>(() => AccountName.Normalize(new string('\uFDFA', 10)));
    }

    [Fact]
    public void Every_accepted_name_is_a_plain_child_and_stays_what_it_is()
    {
        var piece = Gen.OneOf(Gen.Choose(0, 0xFFFF).Select(c => (char)c), Gen.Elements('.', '/', '\\', '\u2024', '\u2025', '\uFF0E', '\uFF0F', '\0'));
        Prop.ForAll(piece.ListOf(4).ToArbitrary(), pieces =>
        {
            if (!AccountName.TryNormalize(string.Concat(pieces), out var name, out _)) return;

            Assert.Equal("/home", Path.GetDirectoryName(Path.GetFullPath(Path.Combine("/home", name))));
            Assert.Equal(name, AccountName.Normalize(name));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000).WithReplay(3, 5));
    }

    [Fact]
    public void A_name_for_the_log_is_safe_and_short()
    {
        Assert.Equal("J\u00F6rg", AccountName.ForLog("J\u00F6rg"));
        Assert.Equal("b\\x1b[2J\\x0ax", AccountName.ForLog("b\u001B[2J\nx"));
        Assert.InRange(AccountName.ForLog(new string('\n', 5000)).Length, 1, 300);
    }
}
