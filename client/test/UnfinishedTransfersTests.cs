namespace Argosy.Client.Tests;

public sealed class UnfinishedTransfersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read_until_it_is_removed()
    {
        var memory = new UnfinishedTransfers(_folder["state/transfers"]);
        var state = new UnfinishedState { Upload = "u", Size = 5 };
        using (var transfer = memory.TryOpen("key")!)
        {
            Assert.Null(transfer.Read());
            transfer.Write(state with { Upload = new string('x', 200) });
            transfer.Write(state);
        }

        using (var transfer = memory.TryOpen("key")!)
        {
            Assert.Equal(state, transfer.Read());
            transfer.Remove();
        }

        using var again = memory.TryOpen("key")!;
        Assert.Null(again.Read());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(memory.Folder!));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Assert.Single(Directory.GetFiles(memory.Folder!))));
    }

    [Fact]
    public void What_another_has_is_not_shared()
    {
        var memory = new UnfinishedTransfers(_folder.Path);
        using var mine = memory.TryOpen("key");
        Assert.NotNull(mine);
        Assert.Null(new UnfinishedTransfers(_folder.Path).TryOpen("key"));
        using var other = memory.TryOpen("other");
        Assert.NotNull(other);
    }

    [Fact]
    public void What_is_damaged_counts_as_nothing()
    {
        var memory = new UnfinishedTransfers(_folder.Path);
        using (var transfer = memory.TryOpen("key")!)
            transfer.Write(new UnfinishedState { Upload = "u" });
        var file = Assert.Single(Directory.GetFiles(memory.Folder!));
        foreach (var content in (string[])["", "\n", "{", "[]\n", "{\"size\":\"x\"}\n", "{}\n"])
        {
            File.WriteAllText(file, content);
            using var transfer = memory.TryOpen("key")!;
            Assert.Null(transfer.Read());
        }
    }

    [Fact]
    public void What_nobody_came_back_to_expires()
    {
        using (var transfer = new UnfinishedTransfers(_folder.Path).TryOpen("key")!)
            transfer.Write(new UnfinishedState { Upload = "u" });
        File.SetLastWriteTimeUtc(Assert.Single(Directory.GetFiles(_folder.Path)), DateTime.UtcNow.AddDays(-15));
        using var again = new UnfinishedTransfers(_folder.Path).TryOpen("key")!;
        Assert.Null(again.Read());
    }

    [Fact]
    public void A_place_that_was_made_is_meant_again()
    {
        var memory = new UnfinishedTransfers(_folder.Path);
        Assert.False(memory.IsWhole("from", "there", isNew: false));
        Assert.True(memory.IsWhole("from", "to", isNew: true));
        Assert.True(memory.IsWhole("from", "to", isNew: false));
        Assert.False(memory.IsWhole("other", "to", isNew: false));
    }
}
