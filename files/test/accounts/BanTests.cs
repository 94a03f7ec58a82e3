using System.Net;

namespace Argosy.Files.Tests;

/// <summary>An address from where too many logins fail is refused for a while, in every process; nobody is banned for anything else.</summary>
public sealed class BanTests : FileServiceTest
{
    private static readonly BanRule Rule = new() { Failures = 3, Window = TimeSpan.FromMinutes(5), Time = TimeSpan.FromMinutes(10) };

    [Fact]
    public async Task Too_many_failures_ban_an_address_for_a_time_which_is_logged_once()
    {
        var service = Serve();
        await FailAsync(service, 2);
        Assert.False(service.IsBanned(Origin.Address));
        await FailAsync(service, 1);
        Assert.True(service.IsBanned(Origin.Address));
        Assert.False(service.IsBanned(IPAddress.Parse("192.0.2.8")));
        await FailAsync(service, 5);
        Assert.Equal("Warning 192.0.2.7 is banned for 00:10:00: 3 logins failed within 00:05:00. ", Assert.Single(Log.Written, line => line.Contains("banned for")));

        Clock.Now += Rule.Time;
        Assert.False(service.IsBanned(Origin.Address));
        await LoginAsync(service);
    }

    [Fact]
    public async Task While_it_is_banned_no_guess_is_told_right()
    {
        var service = Serve();
        var begunBefore = service.BeginLogin("alex", Origin);
        await FailAsync(service, 3);

        await RefusedAsync(() => begunBefore.SucceedAsync(InlineOffload.Instance));
        await RefusedAsync(() => service.LoginAsync("alex", Password, Origin, InlineOffload.Instance));
        Assert.Empty(Opener.Grants);
    }

    [Fact]
    public async Task All_processes_of_a_server_count_together()
    {
        var (one, other) = (Serve(), Serve(member: true));
        await FailAsync(one, 2);
        await FailAsync(other, 1);

        Assert.True(one.IsBanned(Origin.Address));
        Assert.True(other.IsBanned(Origin.Address));
    }

    [Fact]
    public async Task Whoever_shows_the_right_password_is_not_banned_whatever_else_is_wrong()
    {
        var service = Serve();
        foreach (var account in new[] { Alex with { MaxSessions = 0 }, Alex with { Enabled = false }, Alex with { Expires = Clock.Now } })
        {
            Accounts.Save(account);
            for (var i = 0; i < 5; i++)
                await Assert.ThrowsAsync<FileException>(() => service.LoginAsync("alex", Password, Origin, InlineOffload.Instance).AsTask());
        }

        Assert.False(service.IsBanned(Origin.Address));
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    public async Task An_IPv6_address_stands_for_its_64_and_a_mapped_one_for_IPv4(string failing, string other, bool same)
    {
        var service = Serve();
        await FailAsync(service, 3, Origin with { Address = IPAddress.Parse(failing) });

        Assert.Equal(same, service.IsBanned(IPAddress.Parse(other)));
    }

    [Fact]
    public async Task A_site_that_guesses_from_many_of_its_64s_is_refused_whole()
    {
        var service = Serve();
        for (var i = 0; i < Rule.Failures * Bans.Wide; i++)
        {
            Assert.False(service.IsBanned(IPAddress.Parse("2001:db8:7:ffff::1")));
            await FailAsync(service, 1, From($"2001:db8:7:{i:x}::1"));
        }

        Assert.True(service.IsBanned(IPAddress.Parse("2001:db8:7:ffff::1")));
        Assert.False(service.IsBanned(IPAddress.Parse("2001:db8:8::1")));
        Assert.Contains("Warning 2001:db8:7::/48 is banned for 00:10:00: 30 logins failed within 00:05:00. ", Log.Written);
    }

    [Fact]
    public async Task A_name_that_many_guess_at_logs_in_from_where_it_did_before_and_from_nowhere_else()
    {
        var (service, other) = (Serve(), Serve(member: true));
        await LoginAsync(service);
        for (var i = 0; i < Rule.Failures * Bans.Wide; i++) await FailAsync(service, 1, From($"198.51.{i}.1"));

        foreach (var process in new[] { service, other })
        {
            await RefusedAsync(() => process.LoginAsync("alex", Password, From("203.0.113.1"), InlineOffload.Instance));
            await LoginAsync(process);
        }

        Assert.Contains(Log.Written, line => line.Contains("Warning 30 logins by one name failed within 00:05:00") && line.Contains("\"alex\""));
        Clock.Now += Rule.Time;
        await service.LoginAsync("alex", Password, From("203.0.113.1"), InlineOffload.Instance);
    }

    [Fact]
    public async Task Who_leaves_before_a_proof_or_sends_an_empty_password_has_guessed_nothing()
    {
        var service = Serve();
        for (var i = 0; i < 20; i++)
        {
            service.BeginLogin("alex", Origin);
            await RefusedAsync(() => service.LoginAsync("alex", "", Origin, InlineOffload.Instance));
        }

        Assert.False(service.IsBanned(Origin.Address));
        await LoginAsync(service);
    }

    [Fact]
    public async Task Without_a_number_of_failures_and_without_an_address_nobody_is_banned()
    {
        var service = Start(options => options with { Bans = Rule with { Failures = 0 } });
        await FailAsync(service, 20);
        Assert.False(service.IsBanned(Origin.Address));

        var banning = Serve();
        await FailAsync(banning, 20, Origin with { Address = null });
        Assert.False(banning.IsBanned(null));
    }

    private FileService Serve(bool member = false) => Start(options => options with { Bans = Rule, IsMember = member });

    private static async Task FailAsync(FileService service, int times, SessionOrigin? origin = null)
    {
        for (var i = 0; i < times; i++)
            await RefusedAsync(() => service.LoginAsync(i % 2 == 0 ? "alex" : "nobody", "wrong", origin ?? Origin, InlineOffload.Instance));
    }

    private static SessionOrigin From(string address) => Origin with { Address = IPAddress.Parse(address) };

    private static async Task RefusedAsync(Func<ValueTask<FileSession>> login) =>
        Assert.Equal(FileError.LoginFailed, (await Assert.ThrowsAsync<FileException>(() => login().AsTask())).Error);
}
