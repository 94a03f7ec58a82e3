namespace Argosy.Files.Tests;

/// <summary>A disk that answers with errors is never taken for one on which nothing is.</summary>
public sealed class FailingDiskTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_listing_with_an_entry_that_cannot_be_looked_at_fails() => PrivateMounts.Run(() =>
    {
        using var storage = new LocalStorage();
        var home = storage.OpenHomeAsync(_folder.In("home"), true, InlineOffload.Instance).AsTask().GetAwaiter().GetResult();
        File.WriteAllText(Path.Combine(_folder.Path, "home", "file"), "x");
        PrivateMounts.Broken(Path.Combine(_folder.Path, "home", "broken"));

        var failure = Assert.Throws<FileException>(() => home.ListAsync(RemotePath.Root, default).ToBlockingEnumerable().ToList());
        Assert.Equal(FileError.Storage, failure.Error);
        Assert.StartsWith("broken: ", failure.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void A_home_with_an_entry_that_cannot_be_looked_at_is_not_counted_as_if_it_were_empty() => PrivateMounts.Run(() =>
    {
        using var storage = new LocalStorage();
        var place = _folder.In("home");
        File.WriteAllText(Path.Combine(place, "file"), "x");
        PrivateMounts.Broken(Path.Combine(place, "broken"));
        var home = Open(storage, place);

        var failure = Assert.Throws<FileException>(() => home.CountAsync(_ => { }).AsTask().GetAwaiter().GetResult());
        Assert.Equal(FileError.Storage, failure.Error);
        Assert.Contains("the disk does not answer", failure.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void What_passes_does_not_leave_a_home_for_reading_alone() => PrivateMounts.Run(() =>
    {
        var disk = Path.Combine(_folder.Path, "disk");
        PrivateMounts.Disk(disk, "64m,nr_inodes=3");
        var place = Directory.CreateDirectory(Path.Combine(disk, "home")).FullName;
        File.WriteAllText(Path.Combine(place, "file"), "x");
        using var storage = new LocalStorage();

        var failure = Assert.Throws<FileException>(() => Open(storage, place));
        Assert.Equal(FileError.NoSpace, failure.Error);
        PrivateMounts.Remount(disk, "nr_inodes=9");
        Open(storage, place).MakeFolderAsync(RemotePath.Parse("new")).AsTask().GetAwaiter().GetResult();
        Assert.True(Directory.Exists(Path.Combine(place, "new")));
    });

    private static IHome Open(LocalStorage storage, string place) =>
        storage.OpenHomeAsync(place, true, InlineOffload.Instance).AsTask().GetAwaiter().GetResult();
}
