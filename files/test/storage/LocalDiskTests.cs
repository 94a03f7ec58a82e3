using static Argosy.Files.Tests.SessionShorthand;

namespace Argosy.Files.Tests;

/// <summary>What only a disk can go through.</summary>
public sealed class LocalDiskTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new(Directory.Exists("/dev/shm") ? "/dev/shm" : null);
    private Vessel _vessel = null!;
    private FileSession _session = null!;

    private string Staging => Path.Combine(_folder.Path, "staging");

    public async ValueTask InitializeAsync()
    {
        _vessel = new Vessel(new LocalStorage(new() { Staging = Staging }), _folder.In("home"), Path.Combine(_folder.Path, "ledger"));
        _session = await _vessel.OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _vessel.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Files_beyond_4_GiB_are_whole_numbers_of_bytes()
    {
        const long Length = (5L << 30) + 1;
        using (var file = File.Create(Path.Combine(_vessel.Home, "sparse")))
        {
            file.SetLength(Length);
            file.Position = Length - 9;
            file.Write("123456789"u8);
        }

        Assert.Equal(Length, (await _session.FindAsync(P("sparse")))!.Size);
        Assert.Equal("e3069283", (await _session.HashAsync(P("sparse"), ChecksumAlgorithm.Crc32C, Length - 9)).Hex);
        await using var download = await _session.OpenDownloadAsync(P("sparse"));
        var end = new byte[20];
        Assert.Equal(4, await download.ReadAsync(Length - 4, end));
        Assert.Equal("6789"u8.ToArray(), end[..4]);

        await using var upload = await _session.OpenUploadAsync(new() { Path = P("up") });
        using (var staged = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(upload.File!.DangerousGetHandle(), false), FileAccess.Write))
        {
            Assert.Equal(Length, await upload.ReserveAsync(Length));
            staged.SetLength(Length);
        }

        await upload.AdvanceAsync(Length);
        Assert.Equal(Length, (await upload.CommitAsync()).Size);
    }

    [Fact]
    public async Task Bytes_that_the_kernel_did_not_bring_are_missed_and_extra_ones_cut()
    {
        await using (var upload = await _session.OpenUploadAsync(new() { Path = P("short") }))
        {
            await upload.ReserveAsync(10);
            RandomAccess.Write(upload.File!, "12345"u8, 0);
            await upload.AdvanceAsync(10);
            Assert.Equal(FileError.Storage, await FailsAsync(() => upload.CommitAsync()));
        }

        await using var longer = await _session.OpenUploadAsync(new() { Path = P("long") });
        await longer.ReserveAsync(10);
        RandomAccess.Write(longer.File!, "1234567890"u8, 0);
        await longer.AdvanceAsync(5);
        Assert.Equal(5, (await longer.CommitAsync()).Size);
        Assert.Equal("12345", await _session.GetAsync("long"));
    }

    [Fact]
    public async Task Whatever_fails_leaves_nothing_staged()
    {
        await FailsAsync(async Task () =>
        {
            await _session.MakeFolderAsync(P("gone"));
            await using var upload = await _session.OpenUploadAsync(new() { Path = P("gone/file") });
            await _session.RemoveFolderAsync(P("gone"));
            await upload.CommitAsync();
        });
        await FailsAsync(async Task () =>
        {
            await using var upload = await _session.OpenUploadAsync(new() { Path = P("name") });
            await _session.MakeFolderAsync(P("name"));
            await upload.CommitAsync();
        });
        await FailsAsync(() => _session.PutAsync("no/such", "x"));
        await FailsAsync(() => _session.PutAsync("name", "x"));
        var limited = await _vessel.OpenAsync(grant => grant with { QuotaBytes = 5 });
        await FailsAsync(() => limited.PutAsync("big", "123456"));
        await FailsAsync(() => limited.CopyAsync(P("nothing"), P("big")));
        await _session.PutAsync("a", "123");
        await FailsAsync(() => limited.CopyAsync(P("a"), P("b")));

        Assert.Equal(["lock"], Directory.GetFiles(Staging, "*", SearchOption.AllDirectories).Select(Path.GetFileName));
        Assert.Equal(3, (await _session.QuotaAsync()).Bytes);
    }

    [Fact]
    public async Task A_tree_deeper_than_any_path_is_removed()
    {
        var name = new string('n', 250);
        await _session.PutAsync("file", "x");
        await _session.MakeFolderAsync(P("0"));
        await _session.RenameAsync(P("file"), P("0/file"));
        for (var i = 1; i <= 60; i++)
        {
            await _session.MakeFolderAsync(P($"{i}"));
            await _session.RenameAsync(P($"{i - 1}"), P($"{i}/{name}"));
        }

        Assert.Equal(1, (await _session.QuotaAsync()).Files);
        await _session.RemoveFolderAsync(P("60"), recursive: true);
        Assert.Empty(await _session.NamesAsync());
        Assert.Equal(new Quota(0, 0, null, null), await _session.QuotaAsync());
        Assert.Single(Directory.GetFileSystemEntries(Directory.GetDirectories(Staging).Single()));
    }

    [Fact]
    public async Task What_was_there_before_is_counted_at_the_first_login_with_a_quota()
    {
        Directory.CreateDirectory(Path.Combine(_vessel.Home, "a", "b"));
        File.WriteAllText(Path.Combine(_vessel.Home, "a", "b", "file"), "1234567890");
        File.WriteAllText(Path.Combine(_vessel.Home, "file"), "12345");
        File.CreateSymbolicLink(Path.Combine(_vessel.Home, "link"), "file");
        var session = await _vessel.OpenAsync(grant => grant with { QuotaBytes = 20 });

        Assert.Equal(new Quota(19, 3, 20, null), await session.QuotaAsync());
        Assert.Equal(FileError.OverQuota, await FailsAsync(() => session.PutAsync("more", "123456")));
    }

    [Fact]
    public async Task Set_id_bits_are_never_set_and_the_umask_holds()
    {
        await using var upload = await _session.OpenUploadAsync(new() { Path = P("file") });
        upload.Mode = 0xfff;
        await upload.CommitAsync();

        Assert.Equal(0x1ff & ~ProcessMask.Value, (await _session.FindAsync(P("file")))!.Mode);
        Assert.Equal(0x1b6 & ~ProcessMask.Value, (await _session.PutAsync("plain", "x")).Mode);
        await _session.MakeFolderAsync(P("folder"), mode: 0xfff);
        Assert.Equal(0x1ff & ~ProcessMask.Value, (await _session.FindAsync(P("folder")))!.Mode);
    }

    [Fact]
    public async Task A_change_in_place_is_another_revision_however_soon_it_comes()
    {
        Assert.SkipUnless(Environment.OSVersion.Version >= new Version(6, 13), "not applicable: this kernel's clock for files ticks too slowly.");
        await _session.PutAsync("file", "0000");
        var seen = new HashSet<string>();
        using var file = File.OpenHandle(Path.Combine(_vessel.Home, "file"), FileMode.Open, FileAccess.Write);
        for (var i = 0; i < 300; i++)
        {
            RandomAccess.Write(file, [(byte)i], 1);
            Assert.True(seen.Add((await _session.FindAsync(P("file")))!.Revision!));
        }
    }

    [Fact]
    public async Task Nothing_is_left_open_after_a_thousand_of_everything()
    {
        await RoundAsync();
        var before = Directory.GetFileSystemEntries("/proc/self/fd").Length;
        for (var i = 0; i < 1000; i++)
        {
            await RoundAsync();
        }

        // Other tests run beside this one, so only a leak of every round shows.
        Assert.InRange(Directory.GetFileSystemEntries("/proc/self/fd").Length, 0, before + 300);
    }

    [Fact]
    public async Task The_last_session_closes_the_home_whatever_it_did()
    {
        var place = _folder.In("other");
        await using (var home = await _vessel.Storage.OpenHomeAsync(place, true, InlineOffload.Instance))
        {
            await home.TouchAsync(P("/"), DateTime.UtcNow);
        }

        Assert.DoesNotContain(Directory.GetFileSystemEntries("/proc/self/fd"), each => new FileInfo(each).LinkTarget == place);
    }

    private async Task RoundAsync()
    {
        var session = await _vessel.OpenAsync();
        await session.MakeFolderAsync(P("a/b"), parents: true);
        await session.PutAsync("a/b/file", "x");
        await session.PutAsync("a/b/file", "y");
        await session.GetAsync("a/b/file");
        await session.NamesAsync("a/b");
        await FailsAsync(() => session.GetAsync("no/file"));
        await FailsAsync(() => session.PutAsync("a/b", "x"));
        await session.RenameAsync(P("a/b/file"), P("a/c"));
        await session.RemoveFolderAsync(P("a"), recursive: true);
        await session.DisposeAsync();
    }
}
