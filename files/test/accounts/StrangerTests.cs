namespace Argosy.Files.Tests;

/// <summary>Connections that have not logged in have places of their own, counted over all processes.</summary>
public sealed class StrangerTests : FileServiceTest
{
    [Fact]
    public void The_cap_holds_over_all_processes_and_places_come_back()
    {
        var (one, other) = (Start(), Start(options => options with { IsMember = true }));
        var first = one.TryAdmitStranger(3);
        using var second = one.TryAdmitStranger(3);
        using var third = other.TryAdmitStranger(3);
        Assert.All([first, second, third], Assert.NotNull);

        Assert.Null(one.TryAdmitStranger(3));
        Assert.Null(other.TryAdmitStranger(3));
        first!.Dispose();
        first.Dispose();
        using var fourth = other.TryAdmitStranger(3);
        Assert.NotNull(fourth);
        Assert.Null(one.TryAdmitStranger(3));
    }
}
