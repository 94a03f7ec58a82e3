using System.Text;
using static Argosy.Files.Tests.SessionShorthand;

namespace Argosy.Files.Tests;

public abstract partial class StorageContract
{
    [Fact]
    public async Task Nobody_sees_an_upload_until_commit()
    {
        await Session.PutAsync("file", "old");
        await using var upload = await Session.OpenUploadAsync(new() { Path = P("file") });
        await upload.WriteAsync("new and longer"u8.ToArray());

        Assert.Equal("old", await Session.GetAsync("file"));
        Assert.Equal(["file"], await Session.NamesAsync());
        await upload.CommitAsync();
        Assert.Equal("new and longer", await Session.GetAsync("file"));
    }

    [Fact]
    public async Task A_reader_keeps_its_version()
    {
        await Session.PutAsync("file", "old");
        await using var download = await Session.OpenDownloadAsync(P("file"));
        await Session.PutAsync("file", "new!");
        await Session.RemoveAsync(P("file"));

        Assert.Equal("old"u8.ToArray(), await download.ReadAllAsync());
        Assert.Equal(3, download.Entry.Size);
    }

    [Fact]
    public async Task Two_writers_end_with_one_whole_version()
    {
        var other = await Vessel.OpenAsync();
        await Session.PutAsync("file", "old");
        await using var first = await Session.OpenUploadAsync(new() { Path = P("file") });
        await using var second = await other.OpenUploadAsync(new() { Path = P("file") });
        await first.WriteAsync("first"u8.ToArray());
        await second.WriteAsync("second!"u8.ToArray());
        await second.CommitAsync();
        await first.CommitAsync();

        Assert.Equal("first", await Session.GetAsync("file"));
        Assert.Equal(new Quota(5, 1, null, null), await Session.QuotaAsync());
    }

    [Fact]
    public async Task An_upload_that_ends_early_leaves_nothing()
    {
        await using (var upload = await Session.OpenUploadAsync(new() { Path = P("file") }))
        {
            await upload.WriteAsync("part"u8.ToArray());
        }

        Assert.Empty(await Session.NamesAsync());
        Assert.Empty(await Session.ListUploadsAsync());
        Assert.Equal(new Quota(0, 0, null, null), await Session.QuotaAsync());
    }

    [Fact]
    public async Task No_overwrite_is_refused_early_and_at_the_last_moment()
    {
        await using var upload = await Session.OpenUploadAsync(new() { Path = P("file"), Overwrite = false });
        await Session.PutAsync("file", "other");

        Assert.Equal(FileError.AlreadyExists, await FailsAsync(() => upload.CommitAsync()));
        Assert.Equal(FileError.AlreadyExists, await FailsAsync(() => Session.OpenUploadAsync(new() { Path = P("file"), Overwrite = false })));
        Assert.Equal("other", await Session.GetAsync("file"));
    }

    [Fact]
    public async Task A_wrong_checksum_publishes_nothing()
    {
        await using var upload = await Session.OpenUploadAsync(new() { Path = P("file"), Checks = [ChecksumAlgorithm.Crc32C, ChecksumAlgorithm.Md5] });
        Assert.Null(upload.File);
        await upload.WriteAsync("123456789"u8.ToArray());

        Assert.Equal(FileError.Mismatch, await FailsAsync(() => upload.CommitAsync([new(ChecksumAlgorithm.Crc32C, "e3069284")])));
        Assert.Empty(await Session.NamesAsync());
    }

    [Fact]
    public async Task Right_checksums_publish()
    {
        await using var upload = await Session.OpenUploadAsync(new()
        {
            Path = P("file"),
            Checks = [ChecksumAlgorithm.Crc32C, ChecksumAlgorithm.Md5, ChecksumAlgorithm.Sha256],
        });
        await upload.WriteAsync("1234"u8.ToArray());
        await upload.WriteAsync("56789"u8.ToArray());
        await upload.CommitAsync(
        [
            new(ChecksumAlgorithm.Crc32C, "E3069283"),
            new(ChecksumAlgorithm.Md5, "25f9e794323b453885f5181f1b624d0b"),
            new(ChecksumAlgorithm.Sha256, "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"),
        ]);

        Assert.Equal("123456789", await Session.GetAsync("file"));
    }

    [Fact]
    public async Task A_checksum_that_comes_only_with_the_end_is_verified_too()
    {
        await using var wrong = await Session.OpenUploadAsync(new() { Path = P("file") });
        await wrong.WriteAsync("123456789"u8.ToArray());
        Assert.Equal(FileError.Mismatch, await FailsAsync(() => wrong.CommitAsync([new(ChecksumAlgorithm.Md5, "25f9e794323b453885f5181f1b624d0c")])));
        Assert.Empty(await Session.NamesAsync());

        await using var right = await Session.OpenUploadAsync(new() { Path = P("file") });
        await right.WriteAsync("123456789"u8.ToArray());
        await right.CommitAsync([new(ChecksumAlgorithm.Crc32C, "e3069283"), new(ChecksumAlgorithm.Md5, "25f9e794323b453885f5181f1b624d0b")]);
        Assert.Equal("123456789", await Session.GetAsync("file"));
    }

    [Fact]
    public async Task The_announced_length_holds_both_ways()
    {
        await using var upload = await Session.OpenUploadAsync(new() { Path = P("file"), Length = 5 });
        await upload.WriteAsync("1234"u8.ToArray());

        Assert.Equal(FileError.Mismatch, await FailsAsync(() => upload.CommitAsync()));
        Assert.Equal(FileError.Mismatch, await FailsAsync(() => upload.WriteAsync("56"u8.ToArray())));
        Assert.Equal(1, await upload.ReserveAsync(100));
        await upload.WriteAsync("5"u8.ToArray());
        Assert.Equal(FileError.Mismatch, await FailsAsync(() => upload.WriteAsync("6"u8.ToArray())));
        Assert.Equal(5, (await upload.CommitAsync()).Size);
    }

    [Fact]
    public async Task An_unfinished_upload_is_found_again_and_goes_on()
    {
        await LeaveAsync("file", "id", "12345");
        var left = Assert.Single(await Session.ListUploadsAsync());
        Assert.Equal(("id", "/file", 5L, 9L), (left.UploadId, left.Path.ToString(), left.Received, left.Length));
        Assert.Empty(await Session.NamesAsync());
        Assert.Equal(new Quota(5, 1, null, null), await Session.QuotaAsync());

        await using var upload = await Session.OpenUploadAsync(
            new() { Path = P("file"), Length = 9, UploadId = "id", Checks = [ChecksumAlgorithm.Crc32C] });
        Assert.Equal(5, upload.Offset);
        await upload.WriteAsync("6789"u8.ToArray());
        await upload.CommitAsync([new(ChecksumAlgorithm.Crc32C, "e3069283")]);

        Assert.Equal("123456789", await Session.GetAsync("file"));
        Assert.Empty(await Session.ListUploadsAsync());
        Assert.Equal(new Quota(9, 1, null, null), await Session.QuotaAsync());
    }

    [Fact]
    public async Task An_unfinished_upload_belongs_to_one_session_at_a_time()
    {
        var other = await Vessel.OpenAsync();
        await using (await Session.OpenUploadAsync(new() { Path = P("file"), UploadId = "id" }))
        {
            Assert.Equal(FileError.InUse, await FailsAsync(() => other.OpenUploadAsync(new() { Path = P("file"), UploadId = "id" })));
            Assert.Equal(FileError.InUse, await FailsAsync(() => other.DiscardUploadAsync("id")));
            await using var another = await other.OpenUploadAsync(new() { Path = P("file"), UploadId = "other" });
        }

        await using var again = await other.OpenUploadAsync(new() { Path = P("file"), UploadId = "id" });
    }

    [Fact]
    public async Task An_unfinished_upload_belongs_to_its_account()
    {
        var stranger = await Vessel.OpenAsync(grant => grant with { Name = "bob" });
        await LeaveAsync("file", "id", "12345");

        Assert.Empty(await stranger.ListUploadsAsync());
        Assert.False(await stranger.DiscardUploadAsync("id"));
        await using var own = await stranger.OpenUploadAsync(new() { Path = P("file"), UploadId = "id" });
        Assert.Equal(0, own.Offset);
    }

    [Fact]
    public async Task A_discarded_upload_begins_anew()
    {
        await LeaveAsync("file", "id", "12345");

        Assert.True(await Session.DiscardUploadAsync("id"));
        Assert.False(await Session.DiscardUploadAsync("id"));
        Assert.Empty(await Session.ListUploadsAsync());
        Assert.Equal(new Quota(0, 0, null, null), await Session.QuotaAsync());
        await using var upload = await Session.OpenUploadAsync(new() { Path = P("file"), UploadId = "id" });
        Assert.Equal(0, upload.Offset);
    }

    [Fact]
    public async Task Another_length_is_another_file()
    {
        await LeaveAsync("file", "id", "12345");
        await using (var upload = await Session.OpenUploadAsync(new() { Path = P("file"), Length = 3, UploadId = "id" }))
        {
            Assert.Equal(0, upload.Offset);
            await upload.WriteAsync("abc"u8.ToArray());
            await upload.CommitAsync();
        }

        Assert.Equal("abc", await Session.GetAsync("file"));
        Assert.Equal(new Quota(3, 1, null, null), await Session.QuotaAsync());
    }

    [Fact]
    public async Task An_unfinished_upload_expires()
    {
        await LeaveAsync("file", "id", "12345");
        await using var home = await Vessel.Storage.OpenHomeAsync(Vessel.Home, true, InlineOffload.Instance);
        var usage = new HomeUsage(Vessel.Ledger.Counter(home.Identity), null, null);

        await home.SweepAsync(DateTime.UtcNow.AddDays(-7), () => new LeaseTally(usage));
        Assert.Single(await Session.ListUploadsAsync());
        await home.SweepAsync(DateTime.UtcNow.AddSeconds(5), () => new LeaseTally(usage));
        Assert.Empty(await Session.ListUploadsAsync());
        Assert.Equal(new Quota(0, 0, null, null), await Session.QuotaAsync());
    }

    [Fact]
    public async Task Append_adds_to_the_end_in_one_step()
    {
        await using (var first = await Session.OpenUploadAsync(new() { Path = P("log"), Append = true }))
        {
            await first.WriteAsync("one"u8.ToArray());
            await first.CommitAsync();
        }

        await using (var second = await Session.OpenUploadAsync(new() { Path = P("log"), Append = true }))
        {
            Assert.Equal(3, second.Offset);
            await second.WriteAsync(" two"u8.ToArray());
            Assert.Equal("one", await Session.GetAsync("log"));
            await second.CommitAsync();
        }

        Assert.Equal("one two", await Session.GetAsync("log"));
        Assert.Equal(new Quota(7, 1, null, null), await Session.QuotaAsync());
    }

    [Fact]
    public async Task A_drop_box_numbers_what_exists()
    {
        var visitor = await Vessel.OpenAsync(grant => grant with { Permissions = Permissions.Write, NumberExisting = true });
        Assert.Equal("note.txt", Text(await visitor.PutAsync("note.txt", "1")));
        Assert.Equal("note (2).txt", Text(await visitor.PutAsync("note.txt", "2")));
        Assert.Equal("note (3).txt", Text(await visitor.PutAsync("note.txt", "3")));

        Assert.Equal(["note (2).txt", "note (3).txt", "note.txt"], await Session.NamesAsync());
        Assert.Equal("1", await Session.GetAsync("note.txt"));
        Assert.Equal(FileError.NotPermitted, await FailsAsync(() => visitor.OpenDownloadAsync(P("note.txt"))));
        Assert.Equal(FileError.NotPermitted, await FailsAsync(() => visitor.NamesAsync()));
        Assert.Equal(FileError.NotPermitted, await FailsAsync(() => visitor.RemoveAsync(P("note.txt"))));
    }

    private static string Text(FileEntry entry) => Encoding.UTF8.GetString(entry.Name.Span);

    /// <summary>Begins a 9-byte upload with an id and goes away.</summary>
    private async Task LeaveAsync(string path, string id, string content)
    {
        await using var upload = await Session.OpenUploadAsync(new() { Path = P(path), Length = 9, UploadId = id });
        await upload.WriteAsync(Encoding.UTF8.GetBytes(content));
    }
}
