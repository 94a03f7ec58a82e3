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
}
