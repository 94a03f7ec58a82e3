using System.Text;

namespace Argosy.Client.Tests;

public sealed class RemotePatternTests
{
    [Theory]
    [InlineData("*", "a", true)]
    [InlineData("*", ".a", false)]
    [InlineData(".*", ".a", true)]
    [InlineData("*.txt", "a.txt", true)]
    [InlineData("*.txt", "a.txt.gz", false)]
    [InlineData("*a*b*c", "xxaxxbxxbc", true)]
    [InlineData("*a*b*c", "xxaxxcxx", false)]
    [InlineData("?", "é", true)]
    [InlineData("?", "ab", false)]
    [InlineData("??", "é", false)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[a-c]x", "dx", false)]
    [InlineData("[!a-c]x", "dx", true)]
    [InlineData("[!a-c]x", "bx", false)]
    [InlineData("[]]", "]", true)]
    [InlineData("[a", "[a", true)]
    [InlineData("[ä-ü]", "ö", true)]
    [InlineData("[a-]", "-", true)]
    [InlineData("a**", "a", true)]
    [InlineData("a", "a", true)]
    [InlineData("a", "b", false)]
    [InlineData("", "a", false)]
    public void A_name_is_met_as_in_a_shell(string pattern, string name, bool isMet) =>
        Assert.Equal(isMet, new RemotePattern(Encoding.UTF8.GetBytes(pattern)).Matches(Encoding.UTF8.GetBytes(name)));

    [Fact]
    public void Bytes_that_are_no_text_are_characters_of_their_own()
    {
        Assert.True(new RemotePattern("a?b"u8).Matches([(byte)'a', 0xff, (byte)'b']));
        Assert.False(new RemotePattern("a?b"u8).Matches([(byte)'a', 0xff, 0xfe, (byte)'b']));
    }

    [Fact]
    public void A_pattern_of_many_stars_takes_no_time() =>
        Assert.False(new RemotePattern(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("*a", 60)) + "b")).Matches(Enumerable.Repeat((byte)'a', 255).ToArray()));
}
