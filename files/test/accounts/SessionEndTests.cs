using System.Net;

namespace Argosy.Files.Tests;

/// <summary>When a session ends before its client does.</summary>
public sealed class SessionEndTests : FileServiceTest
{
    [Fact]
    public async Task An_account_that_comes_into_the_way_of_another_is_kept_out_and_all_others_go_on()
    {
        var service = Start();
        await LoginAsync(service);

        Accounts.Save(Alex with { Name = "bob", Home = Path.Combine(Premises.Root, "alex", "inner") });

        Assert.Equal(FileError.Storage, (await Assert.ThrowsAsync<FileException>(() => LoginAsync(service, "bob"))).Error);
        Assert.False(Opener.Grants[0].Ended.IsCancellationRequested);
        await LoginAsync(service);
        Assert.Contains(Log.Written, line => line.StartsWith("Error \"bob\" cannot log in: ") && line.Contains("overlap"));
        Assert.DoesNotContain(Log.Written, line => line.StartsWith("Error \"alex\""));
    }

    [Fact]
    public async Task An_account_that_is_moved_into_the_way_of_another_ends()
    {
        Accounts.Save(Alex with { Name = "bob" });
        var service = Start();
        await LoginAsync(service);
        await LoginAsync(service, "bob");

        Accounts.Save(Alex with { Name = "bob", Home = Path.Combine(Premises.Root, "alex") });

        await EndsAsync(Opener.Grants[1]);
        Assert.False(Opener.Grants[0].Ended.IsCancellationRequested);
    }

    [Fact]
    public async Task Quotas_that_are_changed_hold_for_sessions_that_run()
    {
        Accounts.Save(Alex with { QuotaBytes = 1, QuotaFiles = 2 });
        var service = Start(options => options with { DefaultQuotaBytes = 9 });
        await LoginAsync(service);

        Accounts.Save(Alex with { QuotaBytes = 3, QuotaFiles = 4 });
        Assert.Equal((3L, 4L), Limits());
        Accounts.Save(Alex);
        Assert.Equal((9L, null), Limits());

        (long?, long?) Limits() => (Opener.Sessions[0].Usage.MostBytes, Opener.Sessions[0].Usage.MostFiles);
    }

    [Fact]
    public async Task A_limit_of_sessions_that_is_lowered_ends_as_many_as_are_too_many_in_all_processes()
    {
        var (here, there) = (Start(), Start());
        foreach (var service in new[] { here, there, here, there }) await LoginAsync(service);

        Accounts.Save(Alex with { MaxSessions = 3 });
        Assert.Single(Opener.Grants, grant => grant.Ended.IsCancellationRequested);
        Opener.Grants.Single(grant => grant.Ended.IsCancellationRequested).Release();

        Accounts.Save(Alex with { MaxSessions = 1 });
        Assert.Equal(3, Opener.Grants.Count(grant => grant.Ended.IsCancellationRequested));
        Assert.Equal(FileError.TooManySessions, (await Assert.ThrowsAsync<FileException>(() => LoginAsync(here))).Error);

        Accounts.Save(Alex);
        await LoginAsync(here);
    }

    [Fact]
    public async Task Of_too_many_sessions_of_a_process_the_youngest_end()
    {
        var service = Start();
        for (var i = 0; i < 3; i++) await LoginAsync(service);

        Accounts.Save(Alex with { MaxSessions = 2 });
        Assert.Equal([false, false, true], Opener.Grants.Select(grant => grant.Ended.IsCancellationRequested));
    }

    public static TheoryData<string> Losses => ["removed", "disabled", "password", "expires", "permissions", "path", "networks", "home"];

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task A_session_ends_when_its_account_loses_the_right(string loss)
    {
        Accounts.Save(Alex with { Name = "bob" });
        var service = Start();
        await LoginAsync(service);
        await service.LoginAsync("bob", Password, Origin, InlineOffload.Instance);

        switch (loss)
        {
            case "removed": Accounts.Remove("alex"); break;
            case "disabled": Accounts.Save(Alex with { Enabled = false }); break;
            case "password": Accounts.Save(Alex with { Verifier = Another }); break;
            case "expires": Accounts.Save(Alex with { Expires = Clock.Now }); break;
            case "permissions": Accounts.Save(Alex with { Permissions = Permissions.Read }); break;
            case "path": Accounts.Save(Alex with { Paths = [new PathPermissions("/x", Permissions.None)] }); break;
            case "networks": Accounts.Save(Alex with { Networks = [IPNetwork.Parse("10.0.0.0/8")] }); break;
            case "home": Accounts.Save(Alex with { Home = Premises.Beside("elsewhere") }); break;
        }

        await EndsAsync(Opener.Grants[0]);
        Assert.False(Opener.Grants[1].Ended.IsCancellationRequested);
        Assert.Contains(Log.Written, line => line.Contains("The session of \"alex\" was ended"));
    }

    [Fact]
    public async Task A_session_outlives_changes_that_take_nothing_from_it()
    {
        var service = Start();
        await LoginAsync(service);

        Accounts.Save(Alex with { QuotaBytes = 5, MaxSessions = 1, Verifier = PasswordVerifier.Parse(Verifier.Format()), Expires = Clock.Now.AddDays(1) });
        Accounts.Save(Alex with { Name = "bob" });
        service.Reload();

        Assert.False(Opener.Grants[0].Ended.IsCancellationRequested);
    }

    [Fact]
    public async Task A_session_ends_when_its_time_has_come_without_any_change()
    {
        Accounts.Save(Alex with { Expires = Clock.Now.AddHours(1) });
        await LoginAsync(Start());
        Clock.Tick();
        Assert.False(Opener.Grants[0].Ended.IsCancellationRequested);

        Clock.Now = Clock.Now.AddHours(1);
        Clock.Tick();

        await EndsAsync(Opener.Grants[0]);
        Assert.InRange(Clock.Period, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public async Task Visitors_of_ROOT_leave_when_an_accounts_home_is_made_in_it()
    {
        var service = Start(options => options with { Anonymous = AnonymousAccess.ReadOnly });
        await service.OpenAnonymousAsync(Origin, InlineOffload.Instance);

        Accounts.Save(Alex with { Name = "bob" });

        await EndsAsync(Opener.Grants[0]);
        await service.OpenAnonymousAsync(Origin, InlineOffload.Instance);
        Assert.Contains(new PathPermissions("/bob", Permissions.None), Opener.Grants[1].Paths);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_another_process_changes_in_the_file_ends_sessions_at_the_next_look()
    {
        var mine = new JsonAccountStore(Premises.Data, new Lines<JsonAccountStore>());
        mine.Save(Alex);
        await using var service = new FileService(Options, mine, _ => Opener, Log);
        await LoginAsync(service);

        new JsonAccountStore(Premises.Data, new Lines<JsonAccountStore>()).Remove("alex");
        await EndsAsync(Opener.Grants[0]);
    }

    [Fact]
    public async Task Stopping_ends_every_session()
    {
        var service = Start();
        await LoginAsync(service);

        await service.DisposeAsync();

        Assert.True(Opener.Grants[0].Ended.IsCancellationRequested);
        Opener.Grants[0].Release();
    }

    [Fact]
    public async Task A_listener_that_throws_harms_nobody()
    {
        var service = Start();
        await LoginAsync(service);
        await LoginAsync(service);
        Opener.Grants[0].Ended.Register(() => throw new InvalidOperationException("listener"));

        Accounts.Remove("alex");

        await EndsAsync(Opener.Grants[1]);
        Assert.StartsWith("Error", await Log.SeenAsync(line => line.Contains("InvalidOperationException: listener")));
    }
}
