using System.Net;
using Argosy.Files;
using Argosy.Native;

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
        Assert.Equal(OperatingSystem.IsLinux() ? "epoll" : "async", options.Model);
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

    [Fact]
    public void Time_outs_limits_and_durability_are_settings()
    {
        var options = From(
            ("Native:LoginTime", "1s"), ("Native:FrameTime", "2s"), ("Native:StallTime", "3s"), ("Native:IdleTime", "1h"), ("Native:DiscardTime", "5s"),
            ("Native:DiscardBytes", "6M"), ("Native:LingerTime", "7s"), ("Limits:Connections", "8"), ("Limits:ConnectionsPerAddress", "9"),
            ("Limits:Unauthenticated", "10"), ("Limits:UnauthenticatedPerAddress", "11"), ("Limits:SessionsPerAccount", "12"), ("Limits:Visitors", "13"),
            ("Limits:VisitorsPerAddress", "0"), ("Limits:Work", "14"), ("Files:Durability", "Strict"), ("Files:KeepUnfinished", "30d"));
        Assert.Equal(
            new NativeOptions
            {
                LoginTime = TimeSpan.FromSeconds(1),
                FrameTime = TimeSpan.FromSeconds(2),
                StallTime = TimeSpan.FromSeconds(3),
                IdleTime = TimeSpan.FromHours(1),
                DiscardTime = TimeSpan.FromSeconds(5),
                DiscardBytes = 6 << 20,
                LingerTime = TimeSpan.FromSeconds(7),
                MaxUnauthenticated = 10,
                MaxUnauthenticatedPerAddress = 11,
                MaxWork = 14,
            },
            options.Native);
        Assert.Equal((8, 9), (options.MaxConnections, options.MaxConnectionsPerAddress));
        Assert.Equal(new SessionLimits { PerAccount = 12, Visitors = 13, VisitorsFromAddress = 0 }, options.Sessions);
        Assert.Equal((Durability.Strict, TimeSpan.FromDays(30)), (options.Durability, options.KeepUnfinished));
    }

    [Fact]
    public void What_concerns_files_reaches_them()
    {
        var options = From(("Files:Durability", "strict"), ("Files:KeepUnfinished", "30d"), ("Limits:Visitors", "13"), ("Files:MinFree", "1"), ("Bans:Failures", "3"));
        Assert.Equal(Durability.Strict, PartsCatalog.DiskOptions(options).Durability);
        var files = ServerMember.FileOptions(options);
        Assert.Equal((TimeSpan.FromDays(30), 13, 1, 3), (files.KeepUnfinished, files.Limits.Visitors, files.MinFree, files.Bans.Failures));
    }

    [Fact]
    public void Nobody_has_more_than_half_of_what_a_model_serves()
    {
        var few = new ServerOptions { Model = "async", MaxConnections = 40 };
        Assert.Equal((36, 20), (few.Shares.Busy, few.Shares.PerAddress));
        Assert.Equal((20, 10), (few.Shares.Within(few.Native).MaxUnauthenticated, few.Shares.Within(few.Native).MaxUnauthenticatedPerAddress));

        var many = new ServerOptions { Model = "async" };
        Assert.Equal((256, 500, 100), (many.Shares.PerAddress, many.Shares.Within(many.Native).MaxUnauthenticated, many.Shares.Within(many.Native).MaxUnauthenticatedPerAddress));

        var none = new ServerOptions { MaxConnectionsPerAddress = 0, Native = new NativeOptions { MaxUnauthenticated = 0, MaxUnauthenticatedPerAddress = 0 } };
        Assert.Equal((null, 0, 0), (none.Shares.PerAddress, none.Shares.Within(none.Native).MaxUnauthenticated, none.Shares.Within(none.Native).MaxUnauthenticatedPerAddress));
        Assert.Null(new ServerOptions { Model = "pool" }.Shares.PerAddress);
    }

    [Fact]
    public void A_tilde_is_the_home_of_who_runs_it()
    {
        var home = Environment.GetEnvironmentVariable("HOME")!;
        Assert.Equal((home, Path.Combine(home, "x")), (From(("Server:Root", "~")).Root, From(("Server:Data", "~/x")).Data));
        Assert.Equal(Path.Combine(Environment.CurrentDirectory, "~x"), From(("Server:Root", "./~x")).Root);
    }

    [Theory]
    [InlineData("Server:Root", "~other/x", "another user's home")]
    [InlineData("Native:StallTime", "0", "is no time at all")]
    [InlineData("Files:KeepUnfinished", "9999d", "at most 3650d")]
    [InlineData("Files:Durability", "slow", "neither fast")]
    [InlineData("Limits:Connections", "0", "a whole number from 1")]
    [InlineData("Limits:Work", "some", "is not a whole number")]
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
    public void Every_setting_is_documented_and_nothing_else_is()
    {
        var page = File.ReadAllText(Path.Combine(RoomRulesTests.Repository, "docs", "configuration.md"));
        var documented = System.Text.RegularExpressions.Regex.Matches(page, @"(?m)^\| `(\w+:\w+)` \|").Select(match => match.Groups[1].Value);
        Assert.Equal(Setting.All.Select(setting => setting.Key).Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

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
