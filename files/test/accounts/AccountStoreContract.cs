using System.Net;

namespace Argosy.Files.Tests;

/// <summary>What every account store must show. A store joins by saying how to open it.</summary>
public abstract class AccountStoreContract
{
    private static readonly PasswordVerifier Verifier = PasswordVerifier.Create("pencil", new byte[16], 4096);

    /// <summary>The store of this test, empty at first.</summary>
    protected abstract IAccountStore Store { get; }

    /// <summary>Another opener of the same accounts, as another process would have it; the same object where there can be none.</summary>
    protected abstract IAccountStore OpenAgain();

    [Fact]
    public void Nothing_is_found_in_an_empty_store()
    {
        Assert.Null(Store.Find("alex"));
        Assert.Empty(Store.List());
        Assert.False(Store.Remove("alex"));
    }

    [Fact]
    public void A_home_that_no_path_can_be_is_refused() =>
        Assert.Throws<FormatException>(() => Store.Save(new Account { Name = "alex", Home = Path.GetFullPath("/srv/a") + "\0b" }));

    [Fact]
    public void Everything_that_an_account_says_is_kept()
    {
        var account = new Account
        {
            Name = "Ang\u00E9lique",
            Verifier = Verifier,
            Home = Path.GetFullPath("/srv/a b"),
            Permissions = Permissions.Read | Permissions.Execute,
            Paths = [new PathPermissions("/incoming", Permissions.Write), new PathPermissions("/", Permissions.None)],
            QuotaBytes = long.MaxValue,
            QuotaFiles = 0,
            MaxSessions = 3,
            Networks = [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("2001:db8::/32")],
            Expires = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero),
            Enabled = false,
        };

        Store.Save(account);

        foreach (var store in new[] { Store, OpenAgain() })
        {
            var kept = store.Find(account.Name)!;
            Assert.Equal(account with { Paths = kept.Paths, Networks = kept.Networks }, kept);
            Assert.Equal(account.Paths, kept.Paths);
            Assert.Equal(account.Networks, kept.Networks);
        }
    }

    [Fact]
    public void An_account_that_says_little_has_the_defaults()
    {
        Store.Save(new Account { Name = "alex" });

        var kept = OpenAgain().Find("alex")!;
        Assert.Equal(new Account { Name = "alex", Paths = kept.Paths, Networks = kept.Networks }, kept);
        Assert.Empty(kept.Paths);
        Assert.Empty(kept.Networks);
    }

    [Fact]
    public void Accounts_are_listed_by_name_and_replaced_by_name()
    {
        Store.SaveAll([new Account { Name = "b" }, new Account { Name = "a" }, new Account { Name = "B" }]);
        Store.Save(new Account { Name = "a", QuotaFiles = 7 });

        Assert.Equal(["B", "a", "b"], Store.List().Select(each => each.Name));
        Assert.Equal(7, Store.Find("a")!.QuotaFiles);
    }

    [Fact]
    public void A_removed_account_is_gone()
    {
        Store.Save(new Account { Name = "alex" });

        Assert.True(Store.Remove("alex"));

        Assert.Null(OpenAgain().Find("alex"));
        Assert.False(Store.Remove("alex"));
    }

    [Fact]
    public void One_account_that_cannot_be_kept_keeps_all_out()
    {
        Account[] wrong =
        [
            new() { Name = "../x" },
            new() { Name = "Ange\u0301lique" },
            new() { Name = "x", Home = "relative" },
            new() { Name = "x", QuotaBytes = -1 },
            new() { Name = "x", QuotaFiles = -1 },
            new() { Name = "x", MaxSessions = -1 },
            new() { Name = "x", Paths = [new PathPermissions("a", Permissions.None)] },
            new() { Name = "x", Paths = [new PathPermissions("/a/../b", Permissions.None)] },
            new() { Name = "x", Paths = [new PathPermissions("/a//b", Permissions.None)] },
            new() { Name = "x", Paths = [new PathPermissions("/a", Permissions.None), new PathPermissions("/a", Permissions.Read)] },
        ];

        foreach (var account in wrong)
            Assert.Throws<FormatException>(() => Store.SaveAll([new Account { Name = "good" }, account]));

        Assert.Empty(OpenAgain().List());
    }

    [Fact]
    public void Changes_are_announced_when_they_can_be_seen()
    {
        var seen = new List<int>();
        Store.Changed += () => seen.Add(Store.List().Count);

        Store.SaveAll([new Account { Name = "a" }, new Account { Name = "b" }]);
        Store.Remove("a");
        Store.Remove("a");
        Store.Reload();

        Assert.Equal([2, 1], seen);
    }

    [Fact]
    public void What_another_opener_changed_is_seen_after_a_reload()
    {
        var other = OpenAgain();
        for (var round = 0; round < 20; round++)
        {
            // Within one tick of the file system's clock, with the same length.
            other.Save(new Account { Name = "alex", QuotaFiles = round % 10 });
            Store.Reload();
            Assert.Equal(round % 10, Store.Find("alex")!.QuotaFiles);
        }
    }

    [Fact]
    public async Task Changes_to_one_account_at_once_are_all_kept()
    {
        Store.Save(new Account { Name = "alex", QuotaBytes = 0, MaxSessions = 3 });
        var stores = new[] { Store, OpenAgain(), OpenAgain() };
        await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Task.Run(() => stores[i % 3].Change("alex", old => old with { QuotaBytes = old.QuotaBytes + 1 }))));

        var kept = OpenAgain().Find("alex")!;
        Assert.Equal((30L, 3), (kept.QuotaBytes, kept.MaxSessions));
        Assert.Null(Store.Change("nobody", old => old));
        Assert.Throws<FormatException>(() => Store.Change("alex", old => old with { QuotaBytes = -1 }));
    }

    [Fact]
    public async Task Many_openers_at_once_lose_no_change()
    {
        var stores = new[] { Store, OpenAgain(), OpenAgain() };
        await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Task.Run(() => stores[i % 3].Save(new Account { Name = $"user{i}" }))));

        Assert.Equal(30, OpenAgain().List().Count);
    }
}
