using Argosy.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace Argosy.Server.Tests;

public sealed class PartsCatalogTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_part_has_a_name_of_its_own()
    {
        Unique(PartsCatalog.FrontEnds.Select(part => part.Name));
        Unique(PartsCatalog.FrontEnds.Select(part => part.Scheme));
        Unique(PartsCatalog.Models.Select(part => part.Name));
        Unique(PartsCatalog.Storages.Select(part => part.Name));
        Unique(PartsCatalog.AccountStores.Select(part => part.Name));

        static void Unique(IEnumerable<string> names) => Assert.Equal(names.Distinct(), names);
    }

    [Fact]
    public void The_defaults_are_in_it()
    {
        var options = new ServerOptions { Data = _folder.Path };
        Assert.Equal(options.Model, PartsCatalog.Model(options.Model).Name);
        using (PartsCatalog.Storage(options.Storage)(options) as IDisposable)
        {
        }

        Assert.IsType<JsonAccountStore>(PartsCatalog.AccountStore(options.AccountStore)(_folder.Path, NullLoggerFactory.Instance));
    }

    [Fact]
    public void What_is_not_in_it_is_named_with_what_is()
    {
        var error = Assert.Throws<ConfigurationException>(() => PartsCatalog.Storage("dsk"));
        Assert.Equal(
            """
            there is no storage "dsk"; did you mean "disk"? Choose one of these:
              disk    folders of this machine
              memory  gone when the server stops
            """,
            error.Message);
        Assert.StartsWith("there is no storage \"cloud\". Choose one of these:", Assert.Throws<ConfigurationException>(() => PartsCatalog.Storage("cloud")).Message);
    }
}
