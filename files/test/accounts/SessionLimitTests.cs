using System.Net;

namespace Argosy.Files.Tests;

/// <summary>Nobody has so many sessions that the others, or the machine, suffer.</summary>
public sealed class SessionLimitTests : FileServiceTest
{
    [Fact]
    public async Task Visitors_have_a_limit_for_each_address_and_one_in_all_over_all_processes()
    {
        var limits = new SessionLimits { Visitors = 3, VisitorsFromAddress = 2 };
        FileService Open(bool isMember) => Start(options => options with { Anonymous = AnonymousAccess.ReadOnly, Limits = limits, IsMember = isMember });
        var (one, other) = (Open(false), Open(true));
        await VisitAsync(one, "192.0.2.1");
        await VisitAsync(other, "192.0.2.1");
        Assert.Equal(FileError.TooManySessions, await RefusedAsync(one, "192.0.2.1"));
        await VisitAsync(one, "192.0.2.2");
        Assert.Equal(FileError.TooManySessions, await RefusedAsync(other, "192.0.2.3"));

        Opener.Grants[0].Release();
        Opener.Grants[0].Release();
        await VisitAsync(other, "192.0.2.3");
        Assert.Equal(FileError.TooManySessions, await RefusedAsync(one, "192.0.2.4"));
    }

    [Fact]
    public async Task An_account_that_names_no_limit_has_the_servers()
    {
        var service = Start(options => options with { Limits = new SessionLimits { PerAccount = 2 } });
        await LoginAsync(service);
        await LoginAsync(service);
        Assert.Equal(FileError.TooManySessions, (await Assert.ThrowsAsync<FileException>(() => LoginAsync(service))).Error);

        Accounts.Save(Alex with { MaxSessions = 3 });
        await LoginAsync(service);
    }

    [Fact]
    public async Task However_often_it_is_refused_the_log_says_so_once()
    {
        var service = Start(options => options with { Anonymous = AnonymousAccess.ReadOnly, Limits = new SessionLimits { Visitors = 1 } });
        await VisitAsync(service, "192.0.2.1");
        for (var i = 0; i < 100; i++) await RefusedAsync(service, "192.0.2.1");

        Assert.Single(Log.Written, line => line.Contains("as many visitors as there may be", StringComparison.Ordinal));
    }

    private static async Task VisitAsync(FileService service, string address) =>
        await service.OpenAnonymousAsync(new SessionOrigin("test", IPAddress.Parse(address)), InlineOffload.Instance);

    private static async Task<FileError> RefusedAsync(FileService service, string address) =>
        (await Assert.ThrowsAsync<FileException>(() => VisitAsync(service, address))).Error;
}
