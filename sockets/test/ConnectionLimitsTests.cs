using System.Net;

namespace Argosy.Sockets.Tests;

public sealed class ConnectionLimitsTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("::c000:201", "192.0.2.1", false)]
    public void An_address_is_an_IPv4_address_or_an_IPv6_network_of_64_bits(string one, string other, bool same) =>
        Assert.Equal(same, AddressKey.Of(At(one)) == AddressKey.Of(At(other)));

    [Fact]
    public void The_caps_hold_and_places_come_back()
    {
        var limits = new ConnectionLimits(maxConnections: 3, busyAbove: 2, maxPerAddress: 2);
        Assert.Null(limits.TryEnter(At("192.0.2.1"), out var busy));
        Assert.Null(limits.TryEnter(At("192.0.2.1"), out busy));
        Assert.False(busy);
        Assert.Equal(RefusalReason.TooManyFromAddress, limits.TryEnter(At("192.0.2.1"), out _));
        Assert.Null(limits.TryEnter(At("192.0.2.2"), out busy));
        Assert.True(busy);
        Assert.Equal(RefusalReason.TooMany, limits.TryEnter(At("192.0.2.3"), out _));
        limits.Leave(At("192.0.2.1"));
        Assert.Null(limits.TryEnter(At("192.0.2.1"), out _));
    }

    [Fact]
    public void The_table_of_addresses_holds_only_those_connected_now()
    {
        var limits = new ConnectionLimits(maxConnections: 10, busyAbove: 10, maxPerAddress: 1);
        for (uint i = 0; i < 100_000; i++)
        {
            var peer = new IPEndPoint(new IPAddress(i), 1);
            Assert.Null(limits.TryEnter(peer, out _));
            limits.Leave(peer);
        }

        Assert.Equal(0, limits.AddressCount);
    }

    [Fact]
    public void Peers_without_an_address_are_counted_in_total_only()
    {
        var limits = new ConnectionLimits(maxConnections: 5, busyAbove: 5, maxPerAddress: 1);
        Assert.Null(limits.TryEnter(null, out _));
        Assert.Null(limits.TryEnter(null, out _));
    }

    private static IPEndPoint At(string address) => new(IPAddress.Parse(address), 1234);
}
