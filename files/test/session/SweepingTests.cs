using System.Security.Cryptography;
using System.Text;
using static Argosy.Files.Tests.SessionShorthand;

namespace Argosy.Files.Tests;

/// <summary>What nobody comes back for goes without a login, and nothing goes that somebody still needs.</summary>
public sealed class SweepingTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_an_open_step_names_is_left_until_that_is_settled()
    {
        await using var vessel = Open();
        await vessel.OpenAsync();
        await using var home = await vessel.Storage.OpenHomeAsync(vessel.Home, true, InlineOffload.Instance);
        var staging = Staging();
        foreach (var name in (string[])["w.7.1", "w.7.2", "u.0123456789abcdef"])
        {
            await File.WriteAllTextAsync(Path.Combine(staging, name), "x", TestContext.Current.CancellationToken);
        }

        ReadOnlyMemory<byte>[] marks = [Encoding.ASCII.GetBytes("w:w.7.1:0:"), Encoding.ASCII.GetBytes("w:u.0123456789abcdef:0:")];
        await home.SweepAsync(DateTime.UtcNow.AddDays(-7), () => new LeaseTally(new HomeUsage(vessel.Ledger.Counter("x"), null, null)), () => marks);
        Assert.Equal(["lock", "u.0123456789abcdef", "w.7.1"], NamesIn(staging));
        await vessel.SweepAsync();
        Assert.Equal(["lock"], NamesIn(staging));
    }

    [Fact]
    public async Task Who_dies_after_the_dead_were_looked_for_is_left_for_the_next_sweep()
    {
        await using var vessel = Open();
        await vessel.OpenAsync();
        await using var home = await vessel.Storage.OpenHomeAsync(vessel.Home, true, InlineOffload.Instance);
        await File.WriteAllTextAsync(Path.Combine(Staging(), "w.7.1"), "x", TestContext.Current.CancellationToken);

        // Its last step is looked for when it is known to be dead, so what comes after that is left for the next sweep.
        var calls = 0;
        await home.SweepAsync(DateTime.UtcNow.AddDays(-7), () => throw new InvalidOperationException(), () =>
        {
            if (++calls == 1)
            {
                File.WriteAllText(Path.Combine(Staging(), "w.8.1"), "x");
            }

            return [];
        });
        Assert.Equal(["lock", "w.8.1"], NamesIn(Staging()));
        await vessel.SweepAsync();
        Assert.Equal(["lock"], NamesIn(Staging()));
    }

    [Fact]
    public async Task Unfinished_uploads_of_an_account_that_was_removed_go_with_their_bytes()
    {
        await using var vessel = Open();
        var session = await vessel.OpenAsync(grant => grant with { QuotaBytes = 100 });
        await LeaveAsync(session);
        string[] places = [vessel.Home];
        vessel.Opener.BeginSweeping(() => places);
        await vessel.Opener.Sweeper.Idle.WaitAsync(Patience);
        Assert.Equal(5, (await session.QuotaAsync()).Bytes);

        places = [];
        vessel.Opener.Sweeper.Wake(count: false);
        await vessel.Opener.Sweeper.Idle.WaitAsync(Patience);
        Assert.Equal(0, (await session.QuotaAsync()).Bytes);
        Assert.Equal(["lock"], NamesIn(Staging()));
        await vessel.Opener.CloseAsync();
    }

    [Fact]
    public async Task What_waits_for_homes_that_are_served_no_more_expires()
    {
        await using (var before = Open())
        {
            await LeaveAsync(await before.OpenAsync(grant => grant with { Home = _folder.In("removed") }));
        }

        await using var vessel = Open();
        var staging = Staging();
        foreach (var (days, left) in ((int, string[])[])[(6, ["a.", "lo", "u."]), (8, [])])
        {
            await vessel.Storage.SweepStraysAsync([vessel.Home], DateTime.UtcNow.AddDays(days - 7), InlineOffload.Instance);
            Assert.Equal(left, Directory.Exists(staging) ? NamesIn(staging).Select(name => name[..2]) : []);
        }
    }

    [Fact]
    public async Task What_waits_for_a_home_that_is_served_is_no_stray()
    {
        await using (var before = Open())
        {
            await LeaveAsync(await before.OpenAsync());
        }

        await using var vessel = Open();
        await vessel.Storage.SweepStraysAsync([vessel.Home], DateTime.UtcNow.AddDays(1), InlineOffload.Instance);
        Assert.Single(await (await vessel.OpenAsync()).ListUploadsAsync());
    }

    [Fact]
    public async Task What_waits_under_the_name_of_an_older_version_goes_on()
    {
        string old;
        await using (var before = Open())
        {
            var session = await before.OpenAsync();
            await LeaveAsync(session);
            await using var home = await before.Storage.OpenHomeAsync(before.Home, true, InlineOffload.Instance);
            old = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(home.Identity)).AsSpan(0, 8));
        }

        var name = Staging();
        Assert.NotEqual(old, Path.GetFileName(name));
        Directory.Move(name, Path.Combine(_folder.Path, "staging", old));
        await using var vessel = Open();
        Assert.Single(await (await vessel.OpenAsync()).ListUploadsAsync());
        Assert.Equal(name, Staging());
    }

    [Fact]
    public async Task Sweeping_makes_nothing_where_nothing_was_ever_staged()
    {
        await using var vessel = Open();
        await vessel.SweepAsync();
        await vessel.Opener.Sweeper.SweepAsync(Path.Combine(_folder.Path, "missing"), DateTime.UtcNow, count: true);
        Assert.Empty(Directory.EnumerateFileSystemEntries(vessel.Home));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_folder.Path, "staging")));
    }

    [Fact]
    public async Task A_home_that_cannot_be_swept_stops_no_other()
    {
        await using var vessel = Open();
        var session = await vessel.OpenAsync();
        await LeaveAsync(session);
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "file"), "no folder", TestContext.Current.CancellationToken);
        var clock = new ManualClock { Now = DateTimeOffset.UtcNow.AddDays(8) };
        var opener = new SessionOpener(vessel.Storage, vessel.Ledger, 0, TimeSpan.FromDays(7), Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, clock);
        opener.BeginSweeping(() => [Path.Combine(_folder.Path, "file"), vessel.Home]);
        await opener.Sweeper.Idle.WaitAsync(Patience);
        Assert.Empty(await session.ListUploadsAsync());
        await opener.CloseAsync();
    }

    [Fact]
    public async Task One_process_sweeps_at_a_time()
    {
        await using var vessel = Open();
        var session = await vessel.OpenAsync();
        await LeaveAsync(session);
        var turns = vessel.Ledger.Counter("sweeping");
        turns.Reset(default);
        using (turns.TryLease(new(1, 0), new(1, -1)))
        {
            await SweepAllAsync();
            Assert.Single(await session.ListUploadsAsync());
        }

        await SweepAllAsync();
        Assert.Empty(await session.ListUploadsAsync());

        async Task SweepAllAsync()
        {
            var clock = new ManualClock { Now = DateTimeOffset.UtcNow.AddDays(8) };
            var opener = new SessionOpener(vessel.Storage, vessel.Ledger, 0, TimeSpan.FromDays(7), Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, clock);
            opener.BeginSweeping(() => [vessel.Home]);
            await opener.Sweeper.Idle.WaitAsync(Patience);
            await opener.CloseAsync();
        }
    }

    private static async Task LeaveAsync(FileSession session)
    {
        await using var upload = await session.OpenUploadAsync(new() { Path = P("file"), UploadId = "id" });
        await upload.WriteAsync("12345"u8.ToArray());
    }

    private static string[] NamesIn(string folder) =>
        [.. Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    private string Staging() => Assert.Single(Directory.EnumerateDirectories(Path.Combine(_folder.Path, "staging")));

    private Vessel Open() => new(
        new LocalStorage(new() { Staging = Path.Combine(_folder.Path, "staging") }), _folder.In("home"), Path.Combine(_folder.Path, "ledger"));
}
