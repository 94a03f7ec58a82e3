namespace Argosy.Files.Tests;

/// <summary>docs/decisions/0003-homes.md, line by line.</summary>
public sealed class HomeMapTests : IDisposable
{
    private readonly Premises _premises = new();

    [Fact]
    public void Homes_beside_each_other_and_in_ROOT_get_along()
    {
        var map = Map(Named("alex"), Named("bob"), Named("carol", _premises.Beside("carol")), Named("al"));

        Assert.Empty(map.Conflicts);
        Assert.Null(map.Fault);
        Assert.Equal(Path.Combine(map.Root, "bob"), map.PlaceOf("bob"));
    }

    [Fact]
    public void ROOTs_one_account_gets_along_with_homes_directly_in_it_which_are_closed_to_it()
    {
        var map = Map(Named("owner", _premises.Root), Named("bob"), Named("carol", Path.Combine(_premises.Root, "other")));

        Assert.Empty(map.Conflicts);
        Assert.Equal(["/bob", "/other"], map.ClosedIn(map.PlaceOf("owner")!));
        Assert.Empty(map.ClosedIn(map.PlaceOf("bob")!));
    }

    [Fact]
    public void ROOTs_one_account_and_visitors_share_it()
    {
        Assert.Empty(Map(AnonymousAccess.ReadWrite, Named("owner", _premises.Root), Named("bob")).Conflicts);
    }

    [Fact]
    public void Two_accounts_never_share_a_home()
    {
        Assert.Equal(["a", "b"], Names(Map(Named("a", _premises.Root), Named("b", _premises.Root + "/."))));
        Assert.Equal(["a", "b"], Names(Map(Named("a", _premises.Beside("x")), Named("b", _premises.Beside("x")), Named("c"))));
        Assert.Equal(["a", "b"], Names(Map(Named("a"), Named("b", Path.Combine(_premises.Root, "a")))));
    }

    [Fact]
    public void A_home_within_another_is_a_conflict_of_both_however_deep()
    {
        Assert.Equal(["a", "b"], Names(Map(Named("a", _premises.Beside("x")), Named("b", _premises.Beside("x/y/z")), Named("c", _premises.Beside("x-y")))));
        Assert.Equal(["a", "b"], Names(Map(Named("a"), Named("b", Path.Combine(_premises.Root, "a", "inner")))));
    }

    [Fact]
    public void Deeper_than_a_direct_child_is_not_closed_so_it_is_a_conflict_with_ROOTs_account_or_visitors()
    {
        var deep = Path.Combine(_premises.Root, "team", "bob");

        Assert.Empty(Map(Named("bob", deep)).Conflicts);
        Assert.Equal(["bob", "owner"], Names(Map(Named("owner", _premises.Root), Named("bob", deep))));
        Assert.Equal(["anonymous", "bob"], Names(Map(AnonymousAccess.ReadOnly, Named("bob", deep))));
    }

    [Fact]
    public void A_home_around_ROOT_is_a_conflict_with_everyone_in_it()
    {
        var around = Path.GetDirectoryName(_premises.Beside("x"))!;

        Assert.Contains("bob", Names(Map(Named("a", around), Named("bob"))));
        Assert.Contains("a", Names(Map(Named("a", around))));
    }

    [Fact]
    public void Links_are_followed_before_homes_are_compared()
    {
        Directory.CreateDirectory(_premises.Beside("real"));
        Directory.CreateSymbolicLink(_premises.Beside("link"), _premises.Beside("real"));

        Assert.Equal(["a", "b"], Names(Map(Named("a", _premises.Beside("real")), Named("b", _premises.Beside("link/sub")))));
    }

    [Fact]
    public void A_home_in_ROOT_is_where_its_name_says_and_a_link_there_puts_nobody_out()
    {
        Directory.CreateDirectory(_premises.Beside("real"));
        Directory.CreateSymbolicLink(Path.Combine(_premises.Root, "alex"), _premises.Beside("real"));
        var link = Path.Combine(_premises.Root, "alex");

        var map = Map(Named("alex"), Named("carol", _premises.Beside("real")), Named("owner", _premises.Root));
        Assert.Empty(map.Conflicts);
        Assert.Equal(link, map.PlaceOf("alex"));
        Assert.Equal(RealPath.Of(_premises.Beside("real")), Map(Named("alex", link)).PlaceOf("alex"));
    }

    [Theory]
    [InlineData("new", "new/inner", "old", "", "new")]
    [InlineData("x", "x", "old", "", "new")]
    [InlineData("x/inner", "x", "old", "", "new")]
    [InlineData("x", "x", "", "", "new,old")]
    [InlineData("x", "x", "old", "new", "new,old")]
    public void Whoever_was_served_at_a_place_goes_on_when_another_account_comes_in_its_way(
        string oldPlace, string newPlace, string served, string alsoServed, string inConflict)
    {
        Account[] accounts = [Named("old", _premises.Beside(oldPlace)), Named("new", _premises.Beside(newPlace)), Named("third")];
        var map = new HomeMap(Options(), accounts, (name, _) => name == served || name == alsoServed);

        Assert.Equal(inConflict.Split(','), Names(map));
    }

    [Fact]
    public void A_home_that_cannot_be_found_is_its_accounts_conflict_alone()
    {
        Directory.CreateSymbolicLink(_premises.Beside("a"), _premises.Beside("b"));
        Directory.CreateSymbolicLink(_premises.Beside("b"), _premises.Beside("a"));

        var map = Map(Named("alex", _premises.Beside("a")), Named("bob"));
        Assert.Equal(["alex"], Names(map));
        Assert.Null(map.PlaceOf("alex"));
        Assert.NotNull(map.PlaceOf("bob"));
    }

    [Fact]
    public void Homes_that_did_not_change_are_not_looked_for_again()
    {
        Directory.CreateDirectory(_premises.Beside("one"));
        var link = _premises.Beside("link");
        Directory.CreateSymbolicLink(link, _premises.Beside("one"));
        var before = Map(Named("alex", link));
        Directory.Delete(link);
        Directory.CreateSymbolicLink(link, _premises.Beside("two"));

        var after = new HomeMap(Options(), [Named("alex", link), Named("bob", link)], static (_, _) => false, before);
        Assert.Equal(before.PlaceOf("alex"), after.PlaceOf("alex"));
        Assert.Equal(RealPath.Of(_premises.Beside("two")), after.PlaceOf("bob"));
    }

    [Fact]
    public void No_home_touches_the_data_folder()
    {
        Assert.Equal(["a"], Names(Map(Named("a", Path.Combine(_premises.Data, "x")))));
        Assert.Equal(["a"], Names(Map(Named("a", _premises.Data))));
    }

    [Theory]
    [InlineData("root/data")]
    [InlineData("root")]
    [InlineData(".")]
    public void ROOT_and_data_folder_never_overlap(string data)
    {
        var options = new FileServiceOptions { Root = _premises.Root, Data = _premises.Beside(data) };

        Assert.Contains("--data", new HomeMap(options, []).Fault);
    }

    public void Dispose() => _premises.Dispose();

    private static Account Named(string name, string? home = null) => new() { Name = name, Home = home };

    private static IEnumerable<string> Names(HomeMap map) => map.Conflicts.Keys.Order(StringComparer.Ordinal);

    private HomeMap Map(params Account[] accounts) => Map(AnonymousAccess.None, accounts);

    private HomeMap Map(AnonymousAccess anonymous, params Account[] accounts) =>
        new(Options(anonymous), accounts);

    private FileServiceOptions Options(AnonymousAccess anonymous = AnonymousAccess.None) =>
        new() { Root = _premises.Root, Data = _premises.Data, Anonymous = anonymous };
}
