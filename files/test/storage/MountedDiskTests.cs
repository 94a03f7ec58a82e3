using System.Text;
using static Argosy.Files.Tests.SessionShorthand;

namespace Argosy.Files.Tests;

/// <summary>A home in which other disks are mounted: all that happens there takes one step, as elsewhere, and leaves nothing.</summary>
public sealed class MountedDiskTests : IDisposable
{
    private readonly TestFolder _folder = new(Directory.Exists("/dev/shm") ? "/dev/shm" : null);

    private string Mounted => Path.Combine(_folder.Path, "home", "disk");

    private string Beside => Path.Combine(Mounted, ".argosy-staging");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_uploaded_to_a_mounted_disk_is_staged_on_it_and_moved(bool isBound) => OnDisk(isBound, vessel =>
    {
        var session = Wait(vessel.OpenAsync(grant => grant with { QuotaBytes = 1000 }));
        Directory.CreateDirectory(Path.Combine(Mounted, "in"));
        var upload = Wait(session.OpenUploadAsync(new() { Path = P("disk/in/file") }));
        Wait(upload.WriteAsync("12345"u8.ToArray()));
        Kernel.Stat((int)upload.File!.DangerousGetHandle(), out var staged);
        Assert.Equal(["disk"], Wait(session.NamesAsync()));
        Assert.Equal(["in"], Wait(session.NamesAsync("disk")));
        Wait(upload.CommitAsync());
        Wait(upload.DisposeAsync());

        Kernel.Stat(Kernel.AtWorkingFolder, Encoding.ASCII.GetBytes(Path.Combine(Mounted, "in", "file") + '\0'), 0, out var published);
        Assert.True(published.IsSame(staged));
        Assert.Equal("12345", Wait(session.GetAsync("disk/in/file")));
        Wait(session.PutAsync("disk/in/file", "over"));
        Wait(session.StoreAsync(new() { Path = P("disk/stored") }, "123"u8.ToArray()));
        var many = Wait(session.StoreManyAsync([new(P("disk/a"), "1"u8.ToArray()), new(P("home"), "1"u8.ToArray()), new(P("disk/b"), "1"u8.ToArray())]));
        Assert.All(many, result => Assert.Null(result.Failure));
        Assert.Equal(new Quota(10, 5, 1000, null), Wait(session.QuotaAsync()));
        Wait(session.RenameAsync(P("disk/a"), P("disk/stored")));
        Wait(session.RemoveAsync(P("disk/b")));
        Wait(session.RemoveFolderAsync(P("disk/in"), recursive: true));

        Assert.Equal(["stored"], Wait(session.NamesAsync("disk")));
        Assert.Equal(new Quota(2, 2, 1000, null), Wait(session.QuotaAsync()));
        Assert.Equal(["lock"], Directory.GetFileSystemEntries(Beside).Select(Path.GetFileName));
        Kernel.Stat(Kernel.AtWorkingFolder, Encoding.ASCII.GetBytes(Beside + '\0'), 0, out var folder);
        Assert.Equal(0x1c0, folder.TypeAndMode & 0xfff);
        Assert.Equal(FileError.BadName, Wait(FailsAsync(() => session.NamesAsync("disk/.argosy-staging"))));

        // A session that was there keeps nobody from unmounting the disk.
        PrivateMounts.Unmount(Mounted);
    });

    [Fact]
    public void An_unfinished_upload_waits_on_its_disk() => OnDisk(false, vessel =>
    {
        var session = Wait(vessel.OpenAsync(grant => grant with { QuotaBytes = 1000 }));
        var upload = Wait(session.OpenUploadAsync(new() { Path = P("disk/file"), Length = 9, UploadId = "id" }));
        Wait(upload.WriteAsync("12345"u8.ToArray()));
        Wait(upload.DisposeAsync());

        Assert.Equal(5, Assert.Single(Wait(session.ListUploadsAsync())).Received);
        Assert.Equal(new Quota(5, 1, 1000, null), Wait(session.QuotaAsync()));
        var again = Wait(session.OpenUploadAsync(new() { Path = P("disk/file"), Length = 9, UploadId = "id" }));
        Assert.Equal(5, again.Offset);
        Wait(again.WriteAsync("6789"u8.ToArray()));
        Wait(again.CommitAsync());
        Wait(again.DisposeAsync());
        Assert.Equal("123456789", Wait(session.GetAsync("disk/file")));
        Assert.Empty(Wait(session.ListUploadsAsync()));

        var left = Wait(session.OpenUploadAsync(new() { Path = P("disk/other"), UploadId = "other" }));
        Wait(left.WriteAsync("12345"u8.ToArray()));
        Wait(left.DisposeAsync());
        Assert.True(Wait(session.DiscardUploadAsync("other")));
        Assert.Equal(new Quota(9, 1, 1000, null), Wait(session.QuotaAsync()));
    });

    [Fact]
    public void A_disk_that_comes_while_a_file_is_sent_is_said_to_have_come() => PrivateMounts.Run(() =>
    {
        using var vessel = new Disposing(Open());
        var session = Wait(vessel.Value.OpenAsync());
        Directory.CreateDirectory(Mounted);
        var upload = Wait(session.OpenUploadAsync(new() { Path = P("disk/file") }));
        Wait(upload.WriteAsync("12345"u8.ToArray()));
        PrivateMounts.Disk(Mounted);

        var failure = Assert.Throws<FileException>(() => Wait(upload.CommitAsync()));
        Assert.Contains("another disk has been mounted", failure.Message, StringComparison.Ordinal);
        Assert.Equal(new Quota(0, 0, null, null), Wait(session.QuotaAsync()));
    });

    [Fact]
    public void A_removed_folder_with_a_disk_in_it_stays() => OnDisk(false, vessel =>
    {
        var session = Wait(vessel.OpenAsync());
        Directory.CreateDirectory(Path.Combine(Mounted, "in"));
        PrivateMounts.Disk(Path.Combine(Mounted, "in", "deeper"));
        File.WriteAllText(Path.Combine(Mounted, "in", "deeper", "file"), "x");

        Assert.Equal(FileError.NotSupported, Wait(FailsAsync(() => session.RemoveFolderAsync(P("disk/in"), recursive: true))));
        Assert.Equal(FileError.NotSupported, Wait(FailsAsync(() => session.RemoveFolderAsync(P("disk"), recursive: true))));
        Assert.Equal("x", Wait(session.GetAsync("disk/in/deeper/file")));
    });

    public static TheoryData<string, string, long, long> Crashes => new()
    {
        // What counts after each: 100 bytes old, 200 older, 400 unfinished.
        { "publish-new", "begun", 700, 3 },
        { "publish-new", "stepped", 1400, 4 },
        { "publish-over", "begun", 700, 3 },
        { "publish-over", "stepped", 1300, 3 },
        { "publish-resumed", "begun", 1000, 3 },
        { "publish-resumed", "stepped", 1000, 3 },
        { "keep", "stepped", 1400, 4 },
        { "discard", "stepped", 300, 2 },
        { "remove", "begun", 700, 3 },
        { "remove", "stepped", 600, 2 },
        { "rename-over", "stepped", 600, 2 },
    };

    [Theory]
    [MemberData(nameof(Crashes))]
    public void A_step_on_a_mounted_disk_that_was_interrupted_is_settled(string operation, string point, long bytes, long files) => PrivateMounts.Run(() =>
    {
        _folder.In("home");
        PrivateMounts.Disk(Mounted);
        using (var before = new Disposing(Open()))
        {
            var session = Wait(before.Value.OpenAsync(grant => grant with { QuotaBytes = 1 << 30 }));
            Wait(session.PutAsync(P("disk/old"), new byte[100]));
            Wait(session.PutAsync(P("disk/older"), new byte[200]));
            var unfinished = Wait(session.OpenUploadAsync(new() { Path = P("disk/unfinished"), UploadId = "id" }));
            Wait(unfinished.WriteAsync(new byte[400]));
            Wait(unfinished.DisposeAsync());
        }

        using (var host = CrashTests.Start(_folder, "crash", operation, point, "disk/"))
        {
            Assert.True(host.WaitForExit(TimeSpan.FromSeconds(60)));
            Assert.Equal(137, host.ExitCode);
        }

        using var after = new Disposing(Open());
        var again = Wait(after.Value.OpenAsync(grant => grant with { QuotaBytes = 1 << 30 }));
        var home = Wait(after.Value.Storage.OpenHomeAsync(after.Value.Home, true, InlineOffload.Instance));
        var usage = new HomeUsage(after.Value.Ledger.Counter(home.Identity), null, null);
        Wait(home.SweepAsync(DateTime.UtcNow.AddDays(-7), () => new LeaseTally(usage, enforced: false)));
        Wait(home.DisposeAsync());
        Assert.Equal(new Quota(bytes, files, 1 << 30, null), Wait(again.QuotaAsync()));
        Wait(after.Value.SweepAsync());
        Assert.DoesNotContain(Directory.GetFileSystemEntries(Beside), path => Path.GetFileName(path)[0] is 'w' or 't');
        Assert.DoesNotContain(Directory.GetFileSystemEntries(Mounted), path => Path.GetFileName(path) is not (".argosy-staging" or "old" or "older" or "new" or "unfinished"));
    });

    private static T Wait<T>(ValueTask<T> task) => task.AsTask().GetAwaiter().GetResult();

    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    private static void Wait(ValueTask task) => task.AsTask().GetAwaiter().GetResult();

    private void OnDisk(bool isBound, Action<Vessel> test) => PrivateMounts.Run(() =>
    {
        _folder.In("home");
        if (isBound)
        {
            PrivateMounts.Bind(_folder.In("elsewhere"), Mounted);
        }
        else
        {
            PrivateMounts.Disk(Mounted);
        }

        using var vessel = new Disposing(Open());
        test(vessel.Value);
    });

    private Vessel Open() => new(
        new LocalStorage(new() { Staging = Path.Combine(_folder.Path, "staging") }), _folder.In("home"), Path.Combine(_folder.Path, "ledger"));

    /// <summary>A vessel on this very thread, which alone sees the mounts.</summary>
    private sealed class Disposing(Vessel vessel) : IDisposable
    {
        public Vessel Value => vessel;

        public void Dispose() => Wait(vessel.DisposeAsync());
    }
}
