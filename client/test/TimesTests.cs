using FsCheck;
using FsCheck.Fluent;

namespace Argosy.Client.Tests;

public sealed class TimesTests
{
    private const long Furthest = 1L << 53;

    [Fact]
    public void Every_time_fits_on_the_wire_and_those_that_it_can_say_come_back() => Prop.ForAll<long>(number =>
    {
        var span = DateTimeOffset.MaxValue.UtcTicks;
        var time = new DateTimeOffset(Math.Abs(number * 7_919_777_777 % span), TimeSpan.Zero);
        var wire = Times.ToWire(time)!.Value;
        var back = Times.FromWire(wire)!.Value;
        var isFar = Math.Abs((decimal)(time - DateTimeOffset.UnixEpoch).Ticks / 10) > Furthest;
        return wire is >= -Furthest and <= Furthest && Times.ToWire(back) == wire && Times.AreSame(time, back)
            && (isFar || (back <= time && time - back < TimeSpan.FromMicroseconds(1)));
    }).Check(Properties.Repeatable);

    [Theory]
    [InlineData("1970-01-01T00:00:00.0000000Z", 0)]
    [InlineData("1969-12-31T23:59:59.9999999Z", -1)]
    [InlineData("0001-01-01T00:00:00.0000000Z", -Furthest)]
    [InlineData("2255-06-05T23:47:34.7409920Z", Furthest)]
    [InlineData("2300-01-01T00:00:00.0000000Z", Furthest)]
    [InlineData("9999-12-31T23:59:59.9999999Z", Furthest)]
    public void Times_beyond_the_wires_numbers_stand_at_their_ends(string time, long wire) =>
        Assert.Equal(wire, Times.ToWire(DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact(Timeout = 30_000)]
    public async Task A_file_from_the_far_future_or_past_is_stored_and_takes_no_other_along()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        Directory.CreateDirectory(server.Local["tree"]);
        foreach (var (name, year) in new[] { ("far", 2300), ("now", 2026), ("old", 1601) })
        {
            await File.WriteAllTextAsync(server.Local[$"tree/{name}"], name);
            File.SetLastWriteTimeUtc(server.Local[$"tree/{name}"], new DateTime(year, 1, 2, 0, 0, 0, DateTimeKind.Utc));
        }

        var outcomes = await client.PutFolderAsync(server.Local["tree"], "/tree").ToListAsync();
        Assert.DoesNotContain(outcomes, outcome => outcome.Result == TreeResult.Failed);
        Assert.Equal(3, outcomes.Count(outcome => outcome.Result == TreeResult.Moved));
        var again = await client.GetFolderAsync("/tree", server.Local["tree"]).ToListAsync();
        Assert.Equal(3, again.Count(outcome => outcome.Result == TreeResult.Unchanged));
    }
}
