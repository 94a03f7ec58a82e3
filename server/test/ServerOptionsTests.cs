using System.Net;
using Argosy.Files;

namespace Argosy.Server.Tests;

public class ServerOptionsTests
{
    private static ServerOptions From(params (string Key, string Text)[] values) =>
        ServerOptions.From(values.Select(v => new SettingValue(v.Key, v.Text, "the test")));

    [Fact]
    public void The_defaults_are_safe()
    {
        var options = From();
        Assert.Equal(AnonymousAccess.None, options.Anonymous);
        Assert.False(options.Plain);
        Assert.Equal(7373, options.Listen.Port);
        Assert.Equal("async", options.Model);
        Assert.Equal((10, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(10)), (options.Bans.Failures, options.Bans.Window, options.Bans.Time));
        Assert.Equal(TimeSpan.FromSeconds(10), options.Drain);
        Assert.Equal(Environment.CurrentDirectory, options.Root);
    }

    [Fact]
    public void Every_setting_is_applied()
    {
        var options = From(
            ("Server:Root", "/srv/share"), ("Server:Data", "/srv/data"), ("Server:Model", "threads"), ("Server:User", "files"),
            ("Server:Drain", "30s"), ("Native:Listen", "127.0.0.1:0"), ("Native:Plain", "true"), ("Accounts:Anonymous", "drop"),
            ("Files:Quota", "10G"), ("Files:MinFree", "1G"), ("Certificate:File", "/c.pem"), ("Certificate:KeyFile", "/k.pem"),
            ("Bans:Failures", "5"), ("Bans:Window", "1h"), ("Bans:Time", "30s"), ("Certificate:Names", "a.example, b.example"), ("Log:Verbose", "True"));
        Assert.Equal("/srv/share", options.Root);
        Assert.Equal("/srv/data", options.Data);
        Assert.Equal("threads", options.Model);
        Assert.Equal("files", options.User);
        Assert.Equal(TimeSpan.FromSeconds(30), options.Drain);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 0), options.Listen);
        Assert.True(options.Plain);
        Assert.Equal(AnonymousAccess.Drop, options.Anonymous);
        Assert.Equal(10L << 30, options.QuotaBytes);
        Assert.Equal(1L << 30, options.MinFree);
        Assert.Equal("/c.pem", options.CertificateFile);
        Assert.Equal("/k.pem", options.CertificateKeyFile);
        Assert.Equal(["a.example", "b.example"], options.CertificateNames);
        Assert.True(options.Verbose);
        Assert.Equal(new BanRule { Failures = 5, Window = TimeSpan.FromHours(1), Time = TimeSpan.FromSeconds(30) }, options.Bans);
    }

    [Theory]
    [InlineData("Server:Drain", "soon", "\"soon\" is not a time")]
    [InlineData("Server:Drain", "-1", "is not a time")]
    [InlineData("Server:Model", "asnyc", "did you mean \"async\"")]
    [InlineData("Native:Listen", "::1:1", "in brackets")]
    [InlineData("Native:Plain", "maybe", "neither true nor false")]
    [InlineData("Accounts:Anonymous", "all", "is not one of ro")]
    [InlineData("Bans:Failures", "-1", "is not a whole number")]
    [InlineData("Files:Quota", "much", "is not a size")]
    [InlineData("Server:Root", " ", "is empty")]
    [InlineData("Server:Rot", "/x", "did you mean \"Server:Root\"")]
    [InlineData("Certificate:KeyFile", "/k", "give both")]
    public void A_wrong_value_is_named_with_what_would_fit(string key, string text, string part) =>
        Assert.Contains(part, Assert.Throws<ConfigurationException>(() => From((key, text))).Message);

    [Fact]
    public void An_error_names_the_source() =>
        Assert.StartsWith("the test: ", Assert.Throws<ConfigurationException>(() => From(("Files:Quota", "x"))).Message);

    [Fact]
    public void A_later_value_wins() => Assert.Equal(2L << 30, From(("Files:Quota", "1G"), ("files:quota", "2G")).QuotaBytes);

    [Theory]
    [InlineData("0", 0)]
    [InlineData("10", 10_000)]
    [InlineData("1.5", 1_500)]
    [InlineData("250ms", 250)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    public void Times_have_units(string text, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), From(("Server:Drain", text)).Drain);
}
