namespace Argosy.Client.Tests;

public sealed class TerminalTests
{
    [Theory]
    [InlineData("plain größe 🚢 日本", "plain größe 🚢 日本")]
    [InlineData("a\u001b[2Jb", "a\\x1b[2Jb")]
    [InlineData("a\nb\tc\rd", "a\\nb\\tc\\rd")]
    [InlineData("\u009b31m\u007f", "\\x9b31m\\x7f")]
    [InlineData("exe.\u202egpj", "exe.\\u202egpj")]
    [InlineData("\u2028", "\\u2028")]
    [InlineData("back\\slash", "back\\\\slash")]
    [InlineData("👩‍🚀", "👩‍🚀")]
    public void Nothing_that_a_terminal_obeys_stays(string text, string shown) => Assert.Equal(shown, Terminal.Escape(text));

    [Fact]
    public void Half_a_surrogate_pair_shows_as_its_number() => Assert.Equal("\\ud800x", Terminal.Escape("\ud800x"));

    [Fact]
    public void Bytes_that_are_no_text_show_as_hexadecimal() =>
        Assert.Equal("a\\xff\\xc3é\\x00", Terminal.Escape([(byte)'a', 0xff, 0xc3, 0xc3, 0xa9, 0]));
}
