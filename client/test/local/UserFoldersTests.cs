namespace Argosy.Client.Tests.Local;

public sealed class UserFoldersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("here")]
    [InlineData("./here")]
    [InlineData("/nonexistent")]
    [InlineData("/dev/null")]
    [InlineData("/h\ufffd")]
    public void Without_a_home_there_is_no_place_and_never_the_folder_that_one_is_in(string home)
    {
        Assert.Null(UserFolders.Find(null, home, ".config"));
        Assert.Null(UserFolders.Find("", home, ".config"));
        Assert.Null(UserFolders.Find("relative", home, ".config"));
        Assert.Equal("/set/argosy", UserFolders.Find("/set", home, ".config"));
    }

    [Fact]
    public void With_a_home_it_is_in_there() =>
        Assert.Equal($"{_folder.Path}/.local/state/argosy", UserFolders.Find("relative", _folder.Path, ".local/state"));

    [Fact]
    public async Task Without_a_place_nothing_is_known_kept_or_remembered()
    {
        var before = Directory.GetFileSystemEntries(".");
        var pin = Fingerprint.Parse("sha256:" + new string('a', 64));
        var known = new KnownServers(null);
        Assert.Null(known.Find("h:1"));
        Assert.Equal(pin, await known.PinAsync("h:1", pin, null));
        Assert.Null(known.Find("h:1"));
        var memory = new UnfinishedTransfers(null);
        Assert.Null(memory.TryOpen("key"));
        Assert.Null(memory.Peek("key"));
        memory.Forget("key");
        Assert.True(memory.IsWhole("a", "b", isNew: true));
        Assert.False(memory.IsWhole("a", "b", isNew: false));
        Assert.Equal(before, Directory.GetFileSystemEntries("."));
    }
}
