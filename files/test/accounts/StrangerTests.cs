using System.Net;

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

    [Fact]
    public void One_address_does_not_get_the_places_of_all_and_an_IPv6_64_is_one()
    {
        var (one, other) = (Start(), Start(options => options with { IsMember = true }));
        var here = IPAddress.Parse("::ffff:192.0.2.1");
        using var first = one.TryAdmitStranger(10, here, 2);
        var second = other.TryAdmitStranger(10, IPAddress.Parse("192.0.2.1"), 2);

        Assert.Null(one.TryAdmitStranger(10, here, 2));
        Assert.Null(other.TryAdmitStranger(10, here, 2));
        using var elsewhere = one.TryAdmitStranger(10, IPAddress.Parse("2001:db8::1"), 1);
        Assert.NotNull(elsewhere);
        Assert.Null(other.TryAdmitStranger(10, IPAddress.Parse("2001:db8::ffff:1"), 1));
        second!.Dispose();
        using var third = one.TryAdmitStranger(10, here, 2);
        Assert.NotNull(third);
    }

    [Fact]
    public void Who_got_no_place_holds_none()
    {
        var service = Start();
        using (service.TryAdmitStranger(1, IPAddress.Loopback, 1))
        {
            for (var i = 0; i < 5; i++)
            {
                Assert.Null(service.TryAdmitStranger(1, IPAddress.IPv6Loopback, 1));
                Assert.Null(service.TryAdmitStranger(2, IPAddress.Loopback, 1));
            }
        }

        using var free = service.TryAdmitStranger(1, IPAddress.IPv6Loopback, 1);
        Assert.NotNull(free);
    }

    [Fact]
    public void Without_a_limit_there_is_a_place_for_everybody()
    {
        var service = Start();
        Assert.All(Enumerable.Range(0, 50).Select(_ => service.TryAdmitStranger(0, IPAddress.Loopback, 0)), Assert.NotNull);
    }
}
