using System.Net;

namespace Argosy.Files.Tests;

/// <summary>Who gets in, and what everybody else is told.</summary>
public sealed class LoginTests : FileServiceTest
{
    [Fact]
    public async Task A_right_password_wins_a_grant_with_all_that_the_account_says()
    {
        Accounts.Save(Alex with
        {
            Permissions = Permissions.Read,
            Paths = [new PathPermissions("/in", Permissions.Write)],
            QuotaBytes = 5,
            QuotaFiles = 6,
        });

        await LoginAsync(Start());

        var grant = Assert.Single(Opener.Grants);
        Assert.Equal(("alex", Permissions.Read, 5L, 6L, false), (grant.Name, grant.Permissions, grant.QuotaBytes, grant.QuotaFiles, grant.NumberExisting));
        Assert.Equal(RealPath.Of(Path.Combine(Premises.Root, "alex")), grant.Home);
        Assert.Equal([new PathPermissions("/in", Permissions.Write)], grant.Paths);
        Assert.True(Directory.Exists(grant.Home));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, System.IO.File.GetUnixFileMode(grant.Home));
    }

    [Fact]
    public async Task A_name_is_compared_in_NFKC()
    {
        Accounts.Save(Alex with { Name = "Ang\u00E9lique" });

        await Start().LoginAsync("Ange\u0301lique", Password, Origin, InlineOffload.Instance);

        Assert.Equal("Ang\u00E9lique", Assert.Single(Opener.Grants).Name);
    }

    [Fact]
    public async Task Unknown_names_and_wrong_passwords_get_one_answer()
    {
        Accounts.SaveAll([new Account { Name = "locked" }, Alex with { Name = "disabled", Enabled = false }]);
        var service = Start();

        var answers = new List<string>();
        foreach (var (name, password) in new[] { ("alex", "x"), ("nobody", "x"), ("locked", "x"), ("../x", "x"), ("disabled", Password), ("alex", "") })
        {
            var error = await Assert.ThrowsAsync<FileException>(() => service.LoginAsync(name, password, Origin, InlineOffload.Instance).AsTask());
            answers.Add($"{error.Error} {error.Message}");
        }

        Assert.Equal("LoginFailed Unknown name or wrong password.", Assert.Single(answers.Distinct()));
        Assert.Empty(Opener.Grants);
    }

    [Fact]
    public async Task An_exchange_that_succeeded_against_a_made_up_verifier_is_refused_all_the_same()
    {
        var attempt = Start().BeginLogin("nobody", Origin);

        var error = await Assert.ThrowsAsync<FileException>(() => attempt.SucceedAsync(InlineOffload.Instance).AsTask());

        Assert.Equal(FileError.LoginFailed, error.Error);
    }

    [Fact]
    public async Task What_another_process_has_changed_holds_at_the_next_login_without_waiting_for_a_review()
    {
        var (operators, servers) = (Store(), Store());
        await using var service = new FileService(Options, servers, _ => Opener, Log, Clock);
        await Assert.ThrowsAsync<FileException>(() => LoginAsync(service));

        operators.Save(Alex);
        await LoginAsync(service);
        operators.Save(Alex with { Verifier = Another });
        await Assert.ThrowsAsync<FileException>(() => LoginAsync(service));
        await service.LoginAsync("alex", "another", Origin, InlineOffload.Instance);
        operators.Remove("alex");
        await Assert.ThrowsAsync<FileException>(() => service.LoginAsync("alex", "another", Origin, InlineOffload.Instance).AsTask());

        JsonAccountStore Store() => new(Premises.Data, new Lines<JsonAccountStore>());
    }

    [Fact]
    public async Task A_name_cannot_play_the_rest_of_its_line_in_the_log()
    {
        var service = Start();
        const string name = "x\" from 9.9.9.9 over argosy://: \"root\\";
        await Assert.ThrowsAsync<FileException>(() => service.LoginAsync(name, "x", Origin with { Protocol = "native" }, InlineOffload.Instance).AsTask());

        Assert.Equal(
            "Warning Login refused from 192.0.2.7 over argosy://: \"x\\x22 from 9.9.9.9 over argosy://: \\x22root\\\\\": there is no such account ",
            Assert.Single(Log.Written));
    }

    [Fact]
    public async Task What_a_home_cannot_be_opened_for_stands_in_the_log()
    {
        var service = Start();
        Opener.Fails = new FileException(FileError.Storage, "It cannot be opened.", new FileException(FileError.Storage, "The disk is gone."));

        await Assert.ThrowsAsync<FileException>(() => LoginAsync(service));
        Assert.Equal("Error \"alex\" cannot log in: It cannot be opened. The disk is gone. ", Assert.Single(Log.Written));
    }

    [Fact]
    public async Task An_attempt_ends_once()
    {
        var attempt = Start().BeginLogin("alex", Origin);
        await attempt.SucceedAsync(InlineOffload.Instance);

        await Assert.ThrowsAsync<InvalidOperationException>(() => attempt.SucceedAsync(InlineOffload.Instance).AsTask());
        attempt.Fail();
        Assert.DoesNotContain(Log.Written, line => line.Contains("refused"));
    }

    [Fact]
    public async Task An_attempt_that_failed_is_logged_once_with_its_name_escaped()
    {
        var attempt = Start().BeginLogin("evil\u001B]0;x\u0007\n", Origin);

        attempt.Fail();
        attempt.Fail();

        Assert.Equal(
            "Warning Login refused from 192.0.2.7 over test://: \"evil\\x1b]0;x\\x07\\x0a\": there is no such account ",
            Assert.Single(Log.Written));
        await Assert.ThrowsAsync<InvalidOperationException>(() => attempt.SucceedAsync(InlineOffload.Instance).AsTask());
    }

    [Fact]
    public async Task No_password_comes_into_the_log()
    {
        var service = Start();
        await LoginAsync(service);
        await Assert.ThrowsAsync<FileException>(() => service.LoginAsync("alex", "secret77", Origin, InlineOffload.Instance).AsTask());

        Assert.Equal(2, Log.Written.Count);
        Assert.DoesNotContain(Log.Written, line => line.Contains("secret77") || line.Contains(Password));
    }

    [Fact]
    public async Task Expiry_networks_and_changes_during_the_exchange_are_judged_at_its_end()
    {
        var service = Start();
        Account?[] barred =
        [
            Alex with { Enabled = false },
            Alex with { Expires = Clock.Now },
            Alex with { Networks = [IPNetwork.Parse("10.0.0.0/8")] },
            Alex with { Verifier = Another },
            Alex with { Verifier = null },
            null,
        ];
        foreach (var account in barred)
        {
            Accounts.Save(Alex);
            var attempt = service.BeginLogin("alex", Origin);
            if (account is null) Accounts.Remove("alex");
            else Accounts.Save(account);

            var error = await Assert.ThrowsAsync<FileException>(() => attempt.SucceedAsync(InlineOffload.Instance).AsTask());
            Assert.Equal(FileError.LoginFailed, error.Error);
        }

        Accounts.Save(Alex with { Networks = [IPNetwork.Parse("192.0.2.0/24")], Expires = Clock.Now.AddTicks(1) });
        await LoginAsync(service);
    }

    [Fact]
    public async Task An_account_has_as_many_sessions_as_it_may_in_all_processes_together()
    {
        if (!OperatingSystem.IsLinux()) return;

        Accounts.Save(Alex with { MaxSessions = 2 });
        var (here, there) = (Start(), Start());
        await LoginAsync(here);
        await LoginAsync(there);

        foreach (var service in new[] { here, there })
            Assert.Equal(FileError.TooManySessions, (await Assert.ThrowsAsync<FileException>(() => LoginAsync(service))).Error);

        Opener.Grants[0].Release();
        Opener.Grants[0].Release();
        await LoginAsync(there);
        Assert.Equal(FileError.TooManySessions, (await Assert.ThrowsAsync<FileException>(() => LoginAsync(here))).Error);
    }

    [Fact]
    public void A_place_in_a_ledger_that_cannot_be_used_is_an_error_of_the_storage()
    {
        var ledger = Argosy.Ledger.Ledger.Open(Path.Combine(Premises.Data, "places"));
        var place = ledger.Counter("sessions of alex");
        ledger.Dispose();

        var error = Assert.Throws<FileException>(() => new SessionRoster().Add(Alex, Origin, []).TryTakePlace(place, 1));
        Assert.Equal(FileError.Storage, error.Error);
    }

    [Fact]
    public async Task A_session_that_could_not_be_opened_takes_no_place()
    {
        Accounts.Save(Alex with { MaxSessions = 1 });
        var service = Start();
        Opener.Fails = new FileException(FileError.Storage, "gone");
        Assert.Equal(FileError.Storage, (await Assert.ThrowsAsync<FileException>(() => LoginAsync(service))).Error);

        Opener.Fails = null;
        await LoginAsync(service);
    }
}
