using System.Net;

namespace Argosy.Server.Tests;

public class ListenAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:7373", "127.0.0.1", 7373)]
    [InlineData("[::1]:0", "::1", 0)]
    [InlineData("[::]:65535", "::", 65535)]
    [InlineData("0.0.0.0:21", "0.0.0.0", 21)]
    [InlineData("localhost:1", "127.0.0.1", 1)]
    public void An_address_has_a_host_and_a_port(string text, string address, int port) =>
        Assert.Equal(new IPEndPoint(IPAddress.Parse(address), port), ListenAddress.Parse(text));

    [Theory]
    [InlineData("7373")]
    [InlineData(":7373")]
    [InlineData("*:7373")]
    public void No_host_means_every_address(string text) =>
        Assert.Equal(new IPEndPoint(ListenAddress.Any, 7373), ListenAddress.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("65536")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("127.0.0.1:+1")]
    [InlineData("::1:7373")]
    [InlineData("[127.0.0.1]:1")]
    [InlineData("[]:1")]
    [InlineData("no such host:1")]
    public void Anything_else_is_refused(string text) => Assert.Throws<FormatException>(() => ListenAddress.Parse(text));

    [Theory]
    [InlineData("::", "localhost")]
    [InlineData("0.0.0.0", "localhost")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "[::1]")]
    [InlineData("::ffff:10.0.0.1", "[::ffff:10.0.0.1]")]
    public void The_host_of_a_url_can_be_typed(string address, string host) =>
        Assert.Equal(host, ListenAddress.HostForUrl(IPAddress.Parse(address)));
}
