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
    public void A_folder_that_is_missing_is_named()
    {
        var store = new JsonAccountStore(_premises.Beside("missing"), _log);

        Assert.Contains(_premises.Beside("missing"), Assert.Throws<AccountStoreException>(() => store.Save(new Account { Name = "alex" })).Message);
    }

    public void Dispose() => _premises.Dispose();
}
