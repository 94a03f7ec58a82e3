namespace Argosy.Files.Tests;

public sealed class JsonAccountStoreTests : AccountStoreContract, IDisposable
{
    private readonly Premises _premises = new();
    private readonly Lines<JsonAccountStore> _log = new();

    public JsonAccountStoreTests() => Store = OpenAgain();

    protected override IAccountStore Store { get; }

    private string File => Path.Combine(_premises.Data, "accounts.json");

    protected override IAccountStore OpenAgain() => new JsonAccountStore(_premises.Data, _log);

    [Fact]
    public void The_file_is_for_its_owner_alone_and_nothing_is_left_beside_it()
    {
        Store.Save(new Account { Name = "alex" });
        Store.Save(new Account { Name = "bob" });

        Assert.Equal(["accounts.json", "accounts.json.lock"], Directory.GetFiles(_premises.Data).Select(Path.GetFileName).Order());
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    [Fact]
    public void What_is_written_is_meant_to_be_read_by_people()
    {
        Store.Save(new Account { Name = "alex", Permissions = Permissions.Read | Permissions.List, QuotaBytes = 1024 });

        var text = System.IO.File.ReadAllText(File);
        Assert.Contains("\"permissions\": \"read,list\"", text);
        Assert.Contains("\"quotaBytes\": 1024", text);
    }

    [Theory]
    [InlineData("{\n  \"version\": 1,\n  \"accounts\": [ { \"name\": \"alex\", } ", 3)]
    [InlineData("{\"version\": 1, \"accounts\": [\n{\"name\": \"alex\",\n\"quotaBytez\": 5}]}", 3)]
    [InlineData("{\"version\": 1, \"accounts\": [\n{\"name\": \"alex\",\n\n\"permissions\": \"raed\"}]}", 4)]
    [InlineData("{\"version\": 1, \"accounts\": [\n{\"name\": \"../alex\"}]}", 2)]
    [InlineData("{\"version\": 1, \"accounts\": [\n{\"name\": \"alex\", \"verifier\": \"\"}]}", 2)]
    [InlineData("{\"version\": 1, \"accounts\": [\n{\"name\": \"alex\", \"verifier\": 5}]}", 2)]
    [InlineData("{\"version\": 1, \"accounts\": [\n{\"name\": \"alex\", \"networks\": [\"10.0.0.1/8\"]}]}", 2)]
    [InlineData("{\"version\": 1, \"accounts\": [\n{\"name\": \"alex\",\n\"enabled\": false, \"enabled\": true}]}", 3)]
    [InlineData("{\"version\": 1, \"accounts\": [\n{\"name\": \"alex\", \"paths\": null}]}", 2)]
    [InlineData("{\"version\": 1, \"accounts\": [\n{\"name\": \"alex\",\n\"quotaBytes\": 1e99}]}", 3)]
    [InlineData("{\"version\": 1, \"accounts\": [\n{\"permissions\": \"all\"}]}", 2)]
    [InlineData("[]", 1)]
    [InlineData("null", 1)]
    [InlineData("", 1)]
    public void A_malformed_file_is_refused_with_its_line(string text, int line)
    {
        System.IO.File.WriteAllText(File, text);

        var error = Assert.Throws<AccountStoreException>(OpenAgain);

        Assert.StartsWith($"{File}, line {line}: ", error.Message);
        Assert.Throws<AccountStoreException>(() => Store.Save(new Account { Name = "bob" }));
        Assert.Equal(text, System.IO.File.ReadAllText(File));
    }

    [Theory]
    [InlineData("{\"version\": 2, \"accounts\": []}")]
    [InlineData("{\"version\": 1, \"accounts\": [{\"name\": \"a\"}, {\"name\": \"a\"}]}")]
    [InlineData("{\"version\": 1, \"accounts\": [{\"name\": \"a\", \"quotaBytes\": -1}]}")]
    public void A_file_that_makes_no_sense_is_refused(string text)
    {
        System.IO.File.WriteAllText(File, text);

        Assert.StartsWith($"{File}: ", Assert.Throws<AccountStoreException>(OpenAgain).Message);
    }

    [Fact]
    public void People_may_write_comments_trailing_commas_and_little_else()
    {
        System.IO.File.WriteAllText(File, "\uFEFF{ \"version\": 1, // ours\n \"accounts\": [ { \"name\": \"alex\", }, ], }");

        Assert.Equal(Permissions.Default, OpenAgain().Find("alex")!.Permissions);
        Assert.True(OpenAgain().Find("alex")!.Enabled);
    }

    [Fact]
    public void A_reload_that_finds_a_malformed_file_keeps_the_accounts_and_says_so_once()
    {
        Store.Save(new Account { Name = "alex" });
        System.IO.File.WriteAllText(File, "{ \"version\": 1,\n \"accounts\": oops");
        var changes = 0;
        Store.Changed += () => changes++;

        Store.Reload();
        Store.Reload();

        Assert.NotNull(Store.Find("alex"));
        Assert.Equal(0, changes);
        Assert.Contains("line 2", Assert.Single(_log.Written));

        System.IO.File.WriteAllText(File, "{\"version\": 1, \"accounts\": []}");
        Store.Reload();
        Assert.Null(Store.Find("alex"));
        Assert.Equal(1, changes);
    }

    [Fact]
    public void A_file_that_vanished_means_no_accounts()
    {
        Store.Save(new Account { Name = "alex" });
        System.IO.File.Delete(File);

        Store.Reload();

        Assert.Null(Store.Find("alex"));
    }

    [Fact]
    public void An_old_unchanged_file_is_not_read_again()
    {
        Store.Save(new Account { Name = "alex" });
        System.IO.File.SetLastWriteTimeUtc(File, DateTime.UtcNow.AddMinutes(-1));
        Store.Reload();
        var before = Store.Find("alex");

        Store.Reload();

        Assert.Same(before, Store.Find("alex"));
    }

    [Fact]
    public void Two_versions_of_one_length_within_one_tick_of_the_clock_are_told_apart()
    {
        Store.Save(new Account { Name = "alex", QuotaFiles = 1 });
        var modified = System.IO.File.GetLastWriteTimeUtc(File);
        OpenAgain().Save(new Account { Name = "alex", QuotaFiles = 2 });
        System.IO.File.SetLastWriteTimeUtc(File, modified);

        Store.Reload();

        Assert.Equal(2, Store.Find("alex")!.QuotaFiles);
    }

    [Fact]
    public void What_is_wrong_is_said_and_nothing_that_was_found_there()
    {
        foreach (var (text, part) in new[]
        {
            ("root:$6$salt:19000:0::", "not the JSON of accounts"),
            ("{\"version\": 1, \"accounts\": [{\"name\": \"alex\", \"quotaBytez\": 5}]}", "$.accounts[0].quotaBytez is unknown"),
            ("{\"version\": 1, \"accounts\": [{\"name\": \"alex\", \"permissions\": \"raed\"}]}", "'raed' is no permission"),
            ("{\"version\": 1, \"accounts\": [{\"name\": \"alex\", \"enabled\": \"yes\"}]}", "$.accounts[0].enabled is"),
        })
        {
            System.IO.File.WriteAllText(File, text);
            var message = Assert.Throws<AccountStoreException>(OpenAgain).Message;
            Assert.Contains(part, message);
            Assert.DoesNotContain("'r'", message);
            Assert.DoesNotContain("Argosy.", message);
        }
    }

    [Fact]
    public void A_link_of_the_operators_stays_one_and_its_target_is_updated()
    {
        var target = _premises.Beside("kept/accounts");
        Directory.CreateDirectory(_premises.Beside("kept"));
        System.IO.File.WriteAllText(target, "{\"version\": 1, \"accounts\": [{\"name\": \"alex\"}]}");
        System.IO.File.CreateSymbolicLink(File, "../kept/second");
        System.IO.File.CreateSymbolicLink(_premises.Beside("kept/second"), target);
        Store.Reload();

        Store.Save(new Account { Name = "bob" });

        Assert.Equal("../kept/second", new FileInfo(File).LinkTarget);
        Assert.Contains("bob", System.IO.File.ReadAllText(target));
        Assert.Equal(["alex", "bob"], OpenAgain().List().Select(each => each.Name));
        OpenAgain().Save(new Account { Name = "carol" });
        Store.Reload();
        Assert.NotNull(Store.Find("carol"));
    }

    [Fact]
    public void A_link_of_somebody_elses_is_not_followed_by_root()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "only root can make another's link");
        var secret = _premises.Beside("secret");
        System.IO.File.WriteAllText(secret, "root:x");
        System.IO.File.CreateSymbolicLink(File, secret);
        using (var chown = System.Diagnostics.Process.Start("chown", ["-h", "65534", File])) chown.WaitForExit();

        Assert.Contains("is a link that neither you nor root has made", Assert.Throws<AccountStoreException>(OpenAgain).Message);
        Assert.Throws<AccountStoreException>(() => Store.Save(new Account { Name = "bob" }));
        Assert.Equal("root:x", System.IO.File.ReadAllText(secret));
    }

    [Fact]
    public void What_root_writes_belongs_to_whom_the_file_or_its_folder_belongs()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "only root can give files away");
        using (var chown = System.Diagnostics.Process.Start("chown", ["65534:65533", _premises.Data])) chown.WaitForExit();

        Store.Save(new Account { Name = "alex" });
        foreach (var name in new[] { "accounts.json", "accounts.json.lock" }) Assert.Equal((65534u, 65533u), OwnerOf(name));

        using (var chown = System.Diagnostics.Process.Start("chown", ["65532:65531", File])) chown.WaitForExit();
        Store.Save(new Account { Name = "bob" });
        Assert.Equal((65532u, 65531u), OwnerOf("accounts.json"));

        (uint, uint) OwnerOf(string name)
        {
            Assert.True(Kernel.Stat(Kernel.AtWorkingFolder, [.. System.Text.Encoding.UTF8.GetBytes(Path.Combine(_premises.Data, name)), 0], 0, out var status) >= 0);
            return (status.Owner, status.Group);
        }
    }

    [Theory]
    [InlineData("accounts.json.lock")]
    [InlineData("login-secret")]
    [InlineData("homes")]
    public void No_link_in_the_data_folder_is_written_or_read_through(string name)
    {
        var target = _premises.Beside("target");
        System.IO.File.CreateSymbolicLink(Path.Combine(_premises.Data, name), target);

        Assert.Contains("is a link where none is expected", Refusal());
        Assert.False(System.IO.File.Exists(target));
        System.IO.File.WriteAllBytes(target, new byte[32]);
        Assert.Contains("is a link where none is expected", Refusal());
        Assert.Equal(32, new FileInfo(target).Length);

        string Refusal()
        {
            var lines = new Lines<JsonAccountStore>();
            switch (name)
            {
                case "login-secret": return Assert.Throws<AccountStoreException>(() => LoginSecret.Open(_premises.Data)).Message;
                case "homes": return Assert.Throws<IOException>(() => new HomeRegister(_premises.Data, lines).Record("alex", "/x", HomeState.Made)).Message;
                default: return Assert.Throws<AccountStoreException>(() => Store.Save(new Account { Name = "alex" })).Message;
            }
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task A_FIFO_in_the_place_of_a_file_is_not_waited_for()
    {
        if (!OperatingSystem.IsLinux()) return;

        using (var make = System.Diagnostics.Process.Start("mkfifo", [File])) await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Contains("not a regular file", (await Task.Run(() => Assert.Throws<AccountStoreException>(OpenAgain))).Message);
    }

    [Fact]
    public void A_folder_that_is_missing_is_named()
    {
        var store = new JsonAccountStore(_premises.Beside("missing"), _log);

        Assert.Contains(_premises.Beside("missing"), Assert.Throws<AccountStoreException>(() => store.Save(new Account { Name = "alex" })).Message);
    }

    public void Dispose() => _premises.Dispose();
}
