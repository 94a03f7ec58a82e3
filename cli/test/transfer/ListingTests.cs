namespace Argosy.Cli.Tests.Transfer;

/// <summary>Listings, as ls(1) has taught people to read them.</summary>
[Collection(nameof(TransferCommandsTests))]
public sealed class ListingTests : IAsyncDisposable
{
    private readonly TransferWorld _world = new();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory(Timeout = 60_000)]
    [InlineData("-lh")]
    [InlineData("-l -h")]
    [InlineData("-hl")]
    [InlineData("--long --human-readable")]
    public async Task Sizes_come_in_units_that_fit_them(string options)
    {
        await File.WriteAllBytesAsync(_world.World.Path("big"), new byte[3 << 20]);
        await File.WriteAllBytesAsync(_world.World.Path("small"), new byte[5]);
        var (code, output, error) = await TransferWorld.RunAsync(["ls", .. options.Split(' '), _world.Url("/")]);
        Assert.Equal((0, ""), (code, error));
        Assert.Matches(@"^-rw-r--r--   3\.0M \S+ \S+ big\n-rw-r--r--      5 \S+ \S+ small\n$", output);
    }

    [Fact(Timeout = 60_000)]
    public async Task Help_of_the_others_has_its_short_name_still() =>
        Assert.Contains("Usage:", (await TransferWorld.RunAsync("stat", "-h")).Output, StringComparison.Ordinal);

    /// <summary>POSIX.1-2024, Base Definitions 8.3: rules in the variable itself, which the base library does not know; and a zone by its name.</summary>
    [Theory(Timeout = 60_000)]
    [InlineData("JST-9")]
    [InlineData("EST5EDT,M3.2.0,M11.1.0")]
    [InlineData("<+0530>-5:30")]
    [InlineData("UTC0")]
    [InlineData("Europe/Vienna")]
    [InlineData("")]
    public async Task Times_are_those_of_ls(string zone)
    {
        using var home = new TempFolder();
        var file = _world.World.Path("f");
        await File.WriteAllTextAsync(file, "");
        foreach (var time in (DateTime[])[new(2026, 7, 4, 12, 30, 15, DateTimeKind.Utc), new(2026, 1, 31, 23, 59, 59, DateTimeKind.Utc)])
        {
            File.SetLastWriteTimeUtc(file, time);
            var theirs = await ArgosyCommand.RunProgramAsync(home, "/usr/bin/env", ["ls", "-l", "--time-style=+%Y-%m-%d %H:%M:%S", file], "", ("TZ", zone));
            var ours = await ArgosyCommand.RunAsync(home, ["ls", "-l", _world.Url("/")], "", ("TZ", zone), ("ARGOSY_PASSWORD", FrontEnds.FileWorld.Password));
            Assert.Equal(Words(theirs.Output)[5..7], Words(ours.Output)[2..4]);
        }
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
