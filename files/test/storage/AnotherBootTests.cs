using static Argosy.Files.Tests.SessionShorthand;

namespace Argosy.Files.Tests;

/// <summary>After another start of the machine, received bytes may be holes: they stay, and count once somebody has compared them.</summary>
public sealed class AnotherBootTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private Vessel _vessel = null!;
    private FileSession _session = null!;

    public ValueTask InitializeAsync() => OpenAsync(Durability.Fast);

    public async ValueTask DisposeAsync()
    {
        await _vessel.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Received_bytes_count_as_nothing_but_stay()
    {
        await ReceiveAsync("12345");
        await PretendRebootAsync();

        await using (var nothing = await _session.OpenUploadAsync(new() { Path = P("file"), UploadId = "id" }))
        {
            Assert.Equal((0, 0), (nothing.Offset, nothing.Trusted));
        }

        Assert.Equal(5, Assert.Single(await _session.ListUploadsAsync()).Received);
        Assert.Equal(new Quota(5, 1, null, null), await _session.QuotaAsync());
    }

    [Fact]
    public async Task Who_compares_all_of_them_goes_on()
    {
        await ReceiveAsync("12345");
        await PretendRebootAsync();

        await using (var compared = await _session.OpenUploadAsync(Existing))
        {
            Assert.Equal((5, 0), (compared.Offset, compared.Trusted));
            await compared.HashAsync(ChecksumAlgorithm.Sha256, 0, 3);
            await compared.HashAsync(ChecksumAlgorithm.Sha256, 3, 5);
            await compared.ReplaceAsync(3, "4"u8.ToArray());
        }

        await using var upload = await _session.OpenUploadAsync(new() { Path = P("file"), UploadId = "id" });
        Assert.Equal(5, upload.Offset);
        await upload.WriteAsync("6"u8.ToArray());
        await upload.CommitAsync();
        Assert.Equal("123456", await _session.GetAsync("file"));
        Assert.Equal(new Quota(6, 1, null, null), await _session.QuotaAsync());
    }

    [Fact]
    public async Task Who_looks_at_a_part_or_brings_a_sum_for_the_end_vouches_for_nothing()
    {
        await ReceiveAsync("12345");
        await PretendRebootAsync();

        await using (var part = await _session.OpenUploadAsync(Existing))
        {
            await part.HashAsync(ChecksumAlgorithm.Sha256, 1, 5);
        }

        await using (var checkedOne = await _session.OpenUploadAsync(new() { Path = P("file"), UploadId = "id", Checks = [ChecksumAlgorithm.Crc32C] }))
        {
            Assert.Equal((5, 0), (checkedOne.Offset, checkedOne.Trusted));
            await checkedOne.WriteAsync("6"u8.ToArray());
        }

        Assert.Equal(6, Assert.Single(await _session.ListUploadsAsync()).Received);
        await using var upload = await _session.OpenUploadAsync(new() { Path = P("file"), UploadId = "id" });
        Assert.Equal(0, upload.Offset);
    }

    [Fact]
    public async Task The_right_sum_of_the_whole_publishes_them_and_a_wrong_one_does_not()
    {
        await ReceiveAsync("12345");
        await PretendRebootAsync();
        await using (var right = await _session.OpenUploadAsync(new() { Path = P("file"), UploadId = "id", Checks = [ChecksumAlgorithm.Crc32C] }))
        {
            await right.WriteAsync("6789"u8.ToArray());
            await right.CommitAsync([new(ChecksumAlgorithm.Crc32C, "e3069283")]);
        }

        Assert.Equal("123456789", await _session.GetAsync("file"));
    }

    [Fact]
    public async Task Who_begins_to_write_begins_anew_and_what_comes_then_counts()
    {
        await ReceiveAsync("12345");
        await PretendRebootAsync();
        await ReceiveAsync("abc");

        await using var upload = await _session.OpenUploadAsync(new() { Path = P("file"), UploadId = "id" });
        Assert.Equal(3, upload.Offset);
        await upload.CommitAsync();
        Assert.Equal("abc", await _session.GetAsync("file"));
    }

    [Fact]
    public async Task What_is_doubted_is_kept_and_has_to_be_compared()
    {
        await ReceiveAsync("12345");
        await using (var wrong = await _session.OpenUploadAsync(Existing))
        {
            await wrong.DoubtAsync(3);
        }

        await using (var nothing = await _session.OpenUploadAsync(new() { Path = P("file"), UploadId = "id" }))
        {
            Assert.Equal(0, nothing.Offset);
        }

        await using (var compared = await _session.OpenUploadAsync(Existing))
        {
            Assert.Equal(5, compared.Offset);
            await compared.HashAsync(ChecksumAlgorithm.Crc32C, 0, 5);
        }

        await using var upload = await _session.OpenUploadAsync(new() { Path = P("file"), UploadId = "id" });
        Assert.Equal(5, upload.Offset);
    }

    [Fact]
    public async Task What_was_on_the_disk_counts()
    {
        await ReopenAsync(Durability.Strict);
        await ReceiveAsync("12345");
        await PretendRebootAsync();
        await using (var upload = await _session.OpenUploadAsync(new() { Path = P("file"), UploadId = "id" }))
        {
            Assert.Equal((5, 5), (upload.Offset, upload.Trusted));
        }

        // What came after it had been kept, before the power went.
        await using (var file = File.OpenWrite(Assert.Single(Directory.GetFiles(_folder.Path, "u.*", SearchOption.AllDirectories))))
        {
            file.SetLength(9);
        }

        await PretendRebootAsync();
        await using (var upload = await _session.OpenUploadAsync(new() { Path = P("file"), UploadId = "id" }))
        {
            Assert.Equal(5, upload.Offset);
            await upload.WriteAsync("6"u8.ToArray());
            await upload.CommitAsync();
        }

        Assert.Equal("123456", await _session.GetAsync("file"));
    }

    [Fact]
    public async Task What_was_written_over_is_no_longer_on_the_disk()
    {
        await ReopenAsync(Durability.Strict);
        await ReceiveAsync("12345");
        var upload = await _session.OpenUploadAsync(Existing);
        await upload.ReplaceAsync(2, "c"u8.ToArray());
        await upload.HashAsync(ChecksumAlgorithm.Crc32C, 0, 5); // Small pieces are gathered: now it is written.
        await PretendRebootAsync(); // The power goes before it is kept.
        await using var home = (LocalHome)await _vessel.Storage.OpenHomeAsync(_vessel.Home, true, InlineOffload.Instance);
        Assert.Equal(2, UnfinishedRecord.TryRead(home.Tree.Staging, RecordName)!.Synced);
        await upload.DisposeAsync();
        Assert.Equal(5, UnfinishedRecord.TryRead(home.Tree.Staging, RecordName)!.Synced);
    }

    private static UploadRequest Existing => new() { Path = P("file"), UploadId = "id", MustExist = true };

    private static byte[] RecordName => UnfinishedRecord.FileName('a', "ann", "id", P("file"));

    private async Task ReceiveAsync(string content)
    {
        await using var upload = await _session.OpenUploadAsync(new() { Path = P("file"), UploadId = "id" });
        await upload.WriteAsync(System.Text.Encoding.ASCII.GetBytes(content));
    }

    private async ValueTask OpenAsync(Durability durability)
    {
        _vessel = new Vessel(new LocalStorage(new() { Durability = durability }), _folder.In("home"), Path.Combine(_folder.Path, "ledger"));
        _session = await _vessel.OpenAsync();
    }

    private async Task ReopenAsync(Durability durability)
    {
        await _vessel.DisposeAsync();
        await OpenAsync(durability);
    }

    /// <summary>Makes the record of the unfinished upload say that it was written before the machine last started.</summary>
    private async Task PretendRebootAsync()
    {
        await using var home = (LocalHome)await _vessel.Storage.OpenHomeAsync(_vessel.Home, true, InlineOffload.Instance);
        var record = UnfinishedRecord.TryRead(home.Tree.Staging, RecordName)!;
        (record with { Boot = Guid.NewGuid() }).Write(home.Tree.Staging, RecordName, sync: false);
    }
}
