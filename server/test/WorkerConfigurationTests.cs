using System.Collections;
using System.Net;
using System.Text.Json;
using Argosy.Files;
using Argosy.Native;

namespace Argosy.Server.Tests;

/// <summary>A worker gets exactly what the operator configured.</summary>
public sealed class WorkerConfigurationTests
{
    [Fact]
    public void Every_option_arrives_as_it_was_sent()
    {
        var sent = new ServerOptions
        {
            Root = "/srv/naïve \"root\"\n",
            Data = "/data",
            LedgerFolder = "/memory",
            Listen = IPEndPoint.Parse("[::1]:7"),
            Model = "threads",
            Storage = "memory",
            AccountStore = "other",
            Anonymous = AnonymousAccess.Drop,
            Plain = true,
            User = "files",
            QuotaBytes = (1L << 53) + 1,
            MinFree = 3,
            Durability = Durability.Strict,
            KeepUnfinished = TimeSpan.FromDays(400),
            MaxConnections = 77,
            MaxConnectionsPerAddress = 7,
            Sessions = new SessionLimits { PerAccount = 1, Visitors = 2, VisitorsFromAddress = 3 },
            Native = new NativeOptions { LoginTime = TimeSpan.FromSeconds(3), DiscardBytes = 9, MaxUnauthenticated = 8, MaxUnauthenticatedPerAddress = 6, MaxWork = 5 },
            Bans = new BanRule { Failures = 3, Window = TimeSpan.FromMilliseconds(5), Time = TimeSpan.FromHours(7) },
            Drain = TimeSpan.FromMilliseconds(1_500),
            CertificateFile = "/c.pem",
            CertificateKeyFile = "/k.pem",
            CertificateNames = ["a.example", "b.example"],
            Verbose = true,
        };

        var got = WorkerConfiguration.Read(new WorkerConfiguration(sent, "Native").Write());

        Assert.Equal("Native", got.FrontEnd);
        var defaults = new ServerOptions();
        foreach (var property in typeof(ServerOptions).GetProperties())
        {
            Assert.False(Same(property.GetValue(defaults), property.GetValue(sent)), $"this test does not send {property.Name}");
            Assert.True(Same(property.GetValue(sent), property.GetValue(got.Options)), property.Name);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("""{"FrontEnd":"Native"}""")]
    [InlineData("""{"Options":{},"FrontEnd":"Native","More":1}""")]
    public void Something_else_is_refused(string bytes) =>
        Assert.ThrowsAny<JsonException>(() => WorkerConfiguration.Read(System.Text.Encoding.UTF8.GetBytes(bytes)));

    private static bool Same(object? one, object? other) => one is IEnumerable list and not string && other is IEnumerable others
        ? list.Cast<object>().SequenceEqual(others.Cast<object>())
        : Equals(one, other);
}
