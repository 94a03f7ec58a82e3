using System.Text;

namespace Argosy.Client.Tests;

public sealed class TreeRuleTests
{
    [Theory]
    [InlineData(0, "a", true)]
    [InlineData(0, "a/b/./c//d", true)]
    [InlineData(0, ".", true)]
    [InlineData(0, "..", false)]
    [InlineData(1, "..", true)]
    [InlineData(1, "./../a", true)]
    [InlineData(1, "../../a", false)]
    [InlineData(2, "../../a", true)]
    [InlineData(9, "a/../b", false)]
    [InlineData(9, "../a/..", false)]
    [InlineData(9, "/etc", false)]
    [InlineData(9, "", false)]
    public void Only_what_cannot_lead_out_stays_inside(int depth, string target, bool stays) =>
        Assert.Equal(stays, TreeRule.StaysInside(depth, Encoding.UTF8.GetBytes(target)));

    [Theory]
    [InlineData("/a/b", "..", "/a")]
    [InlineData("/a/b", "../../../x", "/x")]
    [InlineData("/a/b", "./c//d", "/a/b/c/d")]
    [InlineData("/", "..", "/")]
    public void A_link_leads_where_its_words_say(string folder, string target, string place) =>
        Assert.Equal(place, TreeRule.Resolve(folder, Encoding.UTF8.GetBytes(target)).ToString());
}
