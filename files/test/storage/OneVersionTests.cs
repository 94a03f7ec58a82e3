using static Argosy.Files.Tests.SessionShorthand;

namespace Argosy.Files.Tests;

/// <summary>Somebody beside the server writes into a file that is being read: nobody gets a mix of two versions.</summary>
public sealed class OneVersionTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private Vessel _vessel = null!;
    private FileSession _session = null!;

    private string OnDisk => Path.Combine(_vessel.Home, "file");

    public async ValueTask InitializeAsync()
    {
        _vessel = new Vessel(new LocalStorage(), _folder.In("home"), Path.Combine(_folder.Path, "ledger"));
        _session = await _vessel.OpenAsync();
        await File.WriteAllBytesAsync(OnDisk, new byte[100_000]);
        await Task.Delay(50); // What is opened in the tick of the disk's clock in which it was written looks like what is written in that tick.
    }

    public async ValueTask DisposeAsync()
    {
        await _vessel.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Reading_on_after_a_change_fails()
    {
        await using var file = await _session.OpenDownloadAsync(P("file"));
        Assert.Equal(10, await file.ReadAsync(0, new byte[10]));
        await file.RequireSameAsync();
        Edit();

        Assert.Equal(FileError.Changed, await FailsAsync(() => file.ReadAsync(10, new byte[10]).AsTask()));
        Assert.Equal(FileError.Changed, await FailsAsync(() => file.RequireSameAsync().AsTask()));
        Assert.Equal(FileError.Changed, await FailsAsync(() => file.HashAsync(ChecksumAlgorithm.Crc32C, 0, 10).AsTask()));
    }

    [Fact]
    public async Task A_change_that_puts_the_time_back_is_one()
    {
        await using var file = await _session.OpenDownloadAsync(P("file"));
        var time = File.GetLastWriteTimeUtc(OnDisk);
        Edit();
        File.SetLastWriteTimeUtc(OnDisk, time);

        Assert.Equal(FileError.Changed, await FailsAsync(() => file.ReadAsync(10, new byte[10]).AsTask()));
    }

    [Fact]
    public async Task A_version_without_its_name_is_still_that_version()
    {
        await using var file = await _session.OpenDownloadAsync(P("file"));
        await _session.PutAsync("file", "another");

        Assert.Equal(10, await file.ReadAsync(10, new byte[10]));
    }

    [Fact]
    public async Task A_copy_of_a_file_that_changes_meanwhile_is_not_published()
    {
        _session.BetweenSlices = () =>
        {
            Edit();
            return default;
        };

        Assert.Equal(FileError.Changed, await FailsAsync(() => _session.CopyAsync(P("file"), P("copy")).AsTask()));
        Assert.Null(await _session.FindAsync(P("copy")));
    }

    [Fact]
    public async Task What_takes_long_ends_when_nobody_wants_it_any_more()
    {
        _session.BetweenSlices = () => throw new OperationCanceledException();

        await Assert.ThrowsAsync<OperationCanceledException>(() => _session.HashAsync(P("file"), ChecksumAlgorithm.Md5).AsTask());
        await Assert.ThrowsAsync<OperationCanceledException>(() => _session.CopyAsync(P("file"), P("copy")).AsTask());
        await Assert.ThrowsAsync<OperationCanceledException>(() => _session.NamesAsync());
        _session.BetweenSlices = null;
        Assert.Null(await _session.FindAsync(P("copy")));
    }

    private void Edit()
    {
        using var file = File.OpenWrite(OnDisk);
        file.Position = 50_000;
        file.Write([1, 2, 3]);
    }
}
