using System.Text;
using static Argosy.Files.Tests.SessionShorthand;

namespace Argosy.Files.Tests;

/// <content>Files that come whole: in one step where nothing has to be decided first, and with the same result where something has.</content>
public abstract partial class StorageContract
{
    private static readonly DateTime Then = new(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(200_000)]
    public async Task A_whole_file_is_stored_as_it_would_be_staged(int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        var entry = await Session.StoreAsync(new() { Path = P("whole") }, content, Then, 0x1a4);
        await using (var upload = await Session.OpenUploadAsync(new() { Path = P("staged") }))
        {
            await upload.WriteAsync(content);
            (upload.Modified, upload.Mode) = (Then, 0x1a4);
            var staged = await upload.CommitAsync();
            Assert.Equal(Nameless(staged), Nameless(entry));
        }

        Assert.Equal("whole", Encoding.UTF8.GetString(entry.Name.Span));
        Assert.Equal(content, await Session.GetAsync(P("whole")));
        Assert.Equal(Nameless((await Session.FindAsync(P("whole")))!), Nameless(entry));
        Assert.Equal(new Quota(2 * length, 2, null, null), await Session.QuotaAsync());
    }

    [Fact]
    public async Task A_whole_file_replaces_one_and_a_reader_keeps_its_version()
    {
        await StoreAsync("file", "old");
        await using var download = await Session.OpenDownloadAsync(P("file"));
        await StoreAsync("file", "new and longer");

        Assert.Equal("old"u8.ToArray(), await download.ReadAllAsync());
        Assert.Equal("new and longer", await Session.GetAsync("file"));
        Assert.Equal(new Quota(14, 1, null, null), await Session.QuotaAsync());
    }

    [Fact]
    public async Task A_whole_file_that_cannot_be_stored_leaves_nothing()
    {
        await Session.MakeFolderAsync(P("folder"));
        await Session.PutAsync("taken", "old");

        Assert.Equal(FileError.IsAFolder, await FailsAsync(() => StoreAsync("folder", "content")));
        Assert.Equal(FileError.NotFound, await FailsAsync(() => StoreAsync("missing/file", "content")));
        Assert.Equal(FileError.NotAFolder, await FailsAsync(() => StoreAsync("taken/file", "content")));
        Assert.Equal(FileError.AlreadyExists, await FailsAsync(() => Session.StoreAsync(new() { Path = P("taken"), Overwrite = false }, "new"u8.ToArray())));
        Assert.Equal(FileError.Mismatch, await FailsAsync(() => Session.StoreAsync(new() { Path = P("file"), Length = 4 }, "new"u8.ToArray())));
        Assert.Equal(FileError.NotPermitted, await FailsAsync(() => Session.StoreAsync(new() { Path = RemotePath.Root }, default)));
        Assert.Equal("old", await Session.GetAsync("taken"));
        Assert.Equal(["folder", "taken"], (await Session.NamesAsync()).Order());
        Assert.Equal(new Quota(3, 1, null, null), await Session.QuotaAsync());
    }

    [Theory]
    [InlineData("25f9e794323b453885f5181f1b624d0b", true)]
    [InlineData("25F9E794323B453885F5181F1B624D0B", true)]
    [InlineData("25f9e794323b453885f5181f1b624d0c", false)]
    public async Task A_whole_file_is_stored_only_with_its_checksum(string md5, bool isRight)
    {
        var storing = () => Session.StoreAsync(new() { Path = P("file") }, "123456789"u8.ToArray(), expected: [new(ChecksumAlgorithm.Md5, md5)]);
        if (isRight)
        {
            await storing();
        }
        else
        {
            Assert.Equal(FileError.Mismatch, await FailsAsync(storing));
        }

        Assert.Equal(isRight, (await Session.NamesAsync()).Contains("file"));
    }

    [Fact]
    public async Task A_whole_file_obeys_what_the_account_may()
    {
        var maker = await Vessel.OpenAsync(grant => grant with { Permissions = Permissions.Read | Permissions.Write });
        await maker.StoreAsync(new() { Path = P("file") }, "made"u8.ToArray());
        Assert.Equal(FileError.NotPermitted, await FailsAsync(() => maker.StoreAsync(new() { Path = P("file") }, "again"u8.ToArray())));

        var replacer = await Vessel.OpenAsync(grant => grant with { Permissions = Permissions.Read | Permissions.Overwrite });
        await replacer.StoreAsync(new() { Path = P("file") }, "replaced"u8.ToArray());
        Assert.Equal(FileError.NotPermitted, await FailsAsync(() => replacer.StoreAsync(new() { Path = P("new") }, "made"u8.ToArray())));

        var box = await Vessel.OpenAsync(grant => grant with { NumberExisting = true });
        var second = await box.StoreAsync(new() { Path = P("file") }, "second"u8.ToArray());
        Assert.NotEqual("file", Encoding.UTF8.GetString(second.Name.Span));
        Assert.Equal("replaced", await Session.GetAsync("file"));
    }

    private static FileEntry Nameless(FileEntry entry) => entry with { Name = default, Revision = null };

    private ValueTask<FileEntry> StoreAsync(string path, string content) => Session.StoreAsync(new() { Path = P(path) }, Encoding.UTF8.GetBytes(content));
}
