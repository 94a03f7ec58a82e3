using System.Net;

namespace Argosy.Files.Tests;

public sealed class NetworkTextTests
{
    [Theory]
    [InlineData("10.1.0.0/16", "10.1.0.0/16")]
    [InlineData("192.0.2.7", "192.0.2.7/32")]
    [InlineData("2001:DB8::/32", "2001:db8::/32")]
    [InlineData("::1", "::1/128")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    public void Networks_and_single_addresses_are_understood(string text, string network) => Assert.Equal(network, NetworkText.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("10.0.0.1/8")]
    [InlineData("10.1/16")]
    [InlineData("012.0.0.0/8")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("example.org")]
    public void What_is_not_plainly_a_network_is_refused(string text) => Assert.Throws<FormatException>(() => NetworkText.Parse(text));

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("10.2.0.1", false)]
    [InlineData("2001:db8::5", true)]
    [InlineData("::1", false)]
    public void An_address_is_allowed_where_a_network_holds_it(string address, bool allowed)
    {
        IPNetwork[] networks = [NetworkText.Parse("10.1.0.0/16"), NetworkText.Parse("2001:db8::/32")];

        Assert.Equal(allowed, NetworkText.Allows(networks, IPAddress.Parse(address)));
    }

    [Fact]
    public void No_networks_allow_everybody_and_some_keep_local_sockets_out()
    {
        Assert.True(NetworkText.Allows([], null));
        Assert.False(NetworkText.Allows([NetworkText.Parse("0.0.0.0/0")], null));
    }
}
