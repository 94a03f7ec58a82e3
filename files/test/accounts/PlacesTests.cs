using System.Net;

namespace Argosy.Files.Tests;

/// <summary>Places that are counted among all processes.</summary>
public sealed class PlacesTests : IDisposable
{
    private static readonly IPAddress Address = IPAddress.Parse("192.0.2.1"); // RFC 5737

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_address_is_in_the_ledger_as_long_as_it_has_places()
    {
        using var ledger = Argosy.Ledger.Ledger.Open(Path.Combine(_folder.Path, "ledger"));
        var places = new Places(ledger, "guests");
        var (first, second) = (places.TryTake(Address, 3, 2)!, places.TryTake(Address, 3, 2)!);
        Assert.Null(places.TryTake(Address, 3, 2));
        first.Dispose();
        Assert.False(ledger.Counter($"guests from {Address}").NeedsCount);
        second.Dispose();
        Assert.False(ledger.Forget($"guests from {Address}"));
    }
}
