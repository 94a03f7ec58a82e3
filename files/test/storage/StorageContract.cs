using System.Text;
using static Argosy.Files.Tests.SessionShorthand;

namespace Argosy.Files.Tests;

/// <summary>What every storage must show, seen through a session. A storage joins by saying how it is made.</summary>
public abstract partial class StorageContract : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private Vessel? _vessel;

    internal TestFolder Temporary => _folder;

    internal FileSession Session { get; private set; } = null!;

    internal Vessel Vessel => _vessel!;

    public async ValueTask InitializeAsync()
    {
        _vessel = new Vessel(CreateStorage(), _folder.In("home"), Path.Combine(_folder.Path, "ledger"));
        Session = await _vessel.OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Vessel.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected abstract IStorage CreateStorage();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(70_000)]
    [InlineData(3_000_001)]
    public async Task What_goes_up_comes_down(int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        var entry = await Session.PutAsync(P("file"), content);

        Assert.Equal(length, entry.Size);
        Assert.Equal(EntryKind.File, entry.Kind);
        Assert.Equal(content, await Session.GetAsync(P("file")));
        Assert.Equal(["file"], await Session.NamesAsync());
    }

    [Fact]
    public async Task What_is_no_link_has_no_target()
    {
        await Session.PutAsync("file", "content");

        Assert.Null((await Session.FindAsync(P("file")))!.LinkTarget);
        await foreach (var entry in Session.ListAsync(RemotePath.Root))
        {
            Assert.Null(entry.LinkTarget);
        }
    }

    public static TheoryData<byte[]> StrangeNames => [.. new[]
    {
        "with space"u8.ToArray(), "\"quotes'"u8.ToArray(), "new\nline"u8.ToArray(), "-rf"u8.ToArray(), "😀"u8.ToArray(), "e\u0301"u8.ToArray(),
        "\u00e9"u8.ToArray(), Enumerable.Repeat((byte)'x', 255).ToArray(), new byte[] { 0xff, 0xfe, 0x80 }, new byte[] { 0xc4, 0xe3, 0xba, 0xc3 },
        "*?[a]"u8.ToArray(), "back\\slash"u8.ToArray(), "\u001b[31mred"u8.ToArray(), " "u8.ToArray(), "..."u8.ToArray(), "a:b|c"u8.ToArray(),
    }];

    [Theory]
    [MemberData(nameof(StrangeNames))]
    public async Task Names_are_bytes(byte[] name)
    {
        var path = Session.Resolve(name);
        await Session.PutAsync(path, "content"u8.ToArray());

        var entries = new List<byte[]>();
        await foreach (var entry in Session.ListAsync(RemotePath.Root))
        {
            entries.Add(entry.Name.ToArray());
        }

        Assert.Equal([name], entries);
        Assert.Equal("content"u8.ToArray(), await Session.GetAsync(path));
        await Session.RenameAsync(path, P("plain"));
        await Session.RenameAsync(P("plain"), path);
        Assert.Equal(7, (await Session.FindAsync(path))!.Size);
        await Session.RemoveAsync(path);
        Assert.Empty(await Session.NamesAsync());
    }

    [Fact]
    public async Task Absence_is_null_and_looking_beneath_a_file_too()
    {
        await Session.PutAsync("file", "x");

        Assert.Null(await Session.FindAsync(P("nothing")));
        Assert.Null(await Session.FindAsync(P("nothing/below")));
        Assert.Null(await Session.FindAsync(P("file/below")));
    }

    [Fact]
    public async Task The_home_itself_is_a_folder_that_cannot_be_changed()
    {
        Assert.Equal(EntryKind.Folder, (await Session.FindAsync(RemotePath.Root))!.Kind);
        Assert.Equal(FileError.NotPermitted, await FailsAsync(() => Session.RemoveFolderAsync(RemotePath.Root, recursive: true)));
        Assert.Equal(FileError.NotPermitted, await FailsAsync(() => Session.RenameAsync(RemotePath.Root, P("x"))));
        Assert.Equal(FileError.NotPermitted, await FailsAsync(() => Session.RemoveAsync(RemotePath.Root)));
        Assert.Equal(FileError.NotPermitted, await FailsAsync(() => Session.PutAsync(RemotePath.Root, [])));
    }

    [Fact]
    public async Task Folders_are_made_listed_and_removed()
    {
        await Session.MakeFolderAsync(P("a"));
        await Session.MakeFolderAsync(P("a/b/c"), parents: true);
        await Session.MakeFolderAsync(P("a/b/c"), parents: true);
        await Session.PutAsync("a/b/file", "x");

        Assert.Equal(FileError.AlreadyExists, await FailsAsync(() => Session.MakeFolderAsync(P("a"))));
        Assert.Equal(FileError.NotFound, await FailsAsync(() => Session.MakeFolderAsync(P("no/way"))));
        Assert.Equal(["c", "file"], await Session.NamesAsync("a/b"));
        Assert.Equal(FileError.NotEmpty, await FailsAsync(() => Session.RemoveFolderAsync(P("a/b"))));
        await Session.RemoveFolderAsync(P("a/b/c"));
        Assert.Equal(["file"], await Session.NamesAsync("a/b"));
    }

    [Fact]
    public async Task Files_and_folders_are_not_mixed_up()
    {
        await Session.MakeFolderAsync(P("folder"));
        await Session.PutAsync("file", "x");

        Assert.Equal(FileError.IsAFolder, await FailsAsync(() => Session.OpenDownloadAsync(P("folder"))));
        Assert.Equal(FileError.IsAFolder, await FailsAsync(() => Session.RemoveAsync(P("folder"))));
        Assert.Equal(FileError.IsAFolder, await FailsAsync(() => Session.PutAsync("folder", "x")));
        Assert.Equal(FileError.NotAFolder, await FailsAsync(() => Session.RemoveFolderAsync(P("file"))));
        Assert.Equal(FileError.NotAFolder, await FailsAsync(() => Session.RemoveFolderAsync(P("file"), recursive: true)));
        Assert.Equal(FileError.NotAFolder, await FailsAsync(() => Session.PutAsync("file/below", "x")));
        Assert.Equal(FileError.NotAFolder, await FailsAsync(() => Session.NamesAsync("file")));
        Assert.Equal(FileError.NotAFolder, await FailsAsync(() => Session.ChangeFolderAsync(P("file"))));
        Assert.Equal(FileError.AlreadyExists, await FailsAsync(() => Session.MakeFolderAsync(P("file"))));
        Assert.Equal(FileError.AlreadyExists, await FailsAsync(() => Session.MakeFolderAsync(P("file"), parents: true)));
        Assert.Equal(FileError.AlreadyExists, await FailsAsync(() => Session.RenameAsync(P("file"), P("folder"))));
        Assert.Equal(FileError.AlreadyExists, await FailsAsync(() => Session.RenameAsync(P("folder"), P("file"))));
    }

    [Fact]
    public async Task What_is_missing_is_said_to_be()
    {
        Assert.Equal(FileError.NotFound, await FailsAsync(() => Session.OpenDownloadAsync(P("no"))));
        Assert.Equal(FileError.NotFound, await FailsAsync(() => Session.RemoveAsync(P("no"))));
        Assert.Equal(FileError.NotFound, await FailsAsync(() => Session.RemoveFolderAsync(P("no"))));
        Assert.Equal(FileError.NotFound, await FailsAsync(() => Session.RemoveFolderAsync(P("no"), recursive: true)));
        Assert.Equal(FileError.NotFound, await FailsAsync(() => Session.RenameAsync(P("no"), P("new"))));
        Assert.Equal(FileError.NotFound, await FailsAsync(() => Session.CopyAsync(P("no"), P("new"))));
        Assert.Equal(FileError.NotFound, await FailsAsync(() => Session.NamesAsync("no")));
        Assert.Equal(FileError.NotFound, await FailsAsync(() => Session.ChangeFolderAsync(P("no"))));
        Assert.Equal(FileError.NotFound, await FailsAsync(() => Session.TouchAsync(P("no"), DateTime.UtcNow)));
        Assert.Equal(FileError.NotFound, await FailsAsync(() => Session.PutAsync("no/file", "x")));
    }

    [Fact]
    public async Task A_rename_replaces_only_where_it_may()
    {
        await Session.PutAsync("a", "from a");
        await Session.PutAsync("b", "from b");

        Assert.Equal(FileError.AlreadyExists, await FailsAsync(() => Session.RenameAsync(P("a"), P("b"), overwrite: false)));
        await Session.RenameAsync(P("a"), P("b"));
        Assert.Equal(["b"], await Session.NamesAsync());
        Assert.Equal("from a", await Session.GetAsync("b"));
        await Session.RenameAsync(P("b"), P("b"));
        Assert.Equal("from a", await Session.GetAsync("b"));
    }

    [Fact]
    public async Task A_folder_moves_with_all_that_is_in_it_but_not_into_itself()
    {
        await Session.MakeFolderAsync(P("a/b"), parents: true);
        await Session.PutAsync("a/b/file", "x");
        await Session.MakeFolderAsync(P("other"));

        Assert.Equal(FileError.NotPermitted, await FailsAsync(() => Session.RenameAsync(P("a"), P("a/b/a"))));
        Assert.Equal(FileError.AlreadyExists, await FailsAsync(() => Session.RenameAsync(P("a"), P("other"))));
        await Session.RenameAsync(P("a"), P("other/moved"));
        Assert.Equal("x", await Session.GetAsync("other/moved/b/file"));
        Assert.Null(await Session.FindAsync(P("a")));
    }

    [Fact]
    public async Task A_tree_of_any_depth_is_removed_whole()
    {
        var path = new StringBuilder("deep");
        for (var i = 0; i < 100; i++)
        {
            await Session.MakeFolderAsync(P(path.ToString()), parents: true);
            await Session.PutAsync(path + "/file", "x");
            path.Append("/d");
        }

        await Session.RemoveFolderAsync(P("deep"), recursive: true);
        Assert.Empty(await Session.NamesAsync());
        Assert.Equal(new Quota(0, 0, null, null), await Session.QuotaAsync());
    }

    [Fact]
    public async Task Times_keep_their_microseconds()
    {
        var time = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc).AddMicroseconds(123_456);
        await using (var upload = await Session.OpenUploadAsync(new() { Path = P("file") }))
        {
            upload.Modified = time;
            upload.Mode = 0b110_000_100;
            Assert.Equal(time, (await upload.CommitAsync()).Modified);
        }

        var entry = await Session.FindAsync(P("file"));
        Assert.Equal(time, entry!.Modified);
        Assert.Equal(0b110_000_100, entry.Mode);
        var early = DateTime.UnixEpoch.AddSeconds(-1.5);
        await Session.TouchAsync(P("file"), early);
        Assert.Equal(early, (await Session.FindAsync(P("file")))!.Modified);
        await Session.MakeFolderAsync(P("folder"));
        await Session.TouchAsync(P("folder"), time);
        Assert.Equal(time, (await Session.FindAsync(P("folder")))!.Modified);
    }

    [Fact]
    public async Task A_time_of_no_zone_is_UTC_as_every_other()
    {
        var time = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Unspecified);
        await Session.PutAsync("file", "x");
        await Session.TouchAsync(P("file"), time);
        Assert.Equal(time, (await Session.FindAsync(P("file")))!.Modified);

        var local = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Local);
        await Session.TouchAsync(P("file"), local);
        Assert.Equal(local.ToUniversalTime(), (await Session.FindAsync(P("file")))!.Modified);
    }

    [Fact]
    public async Task A_copy_is_another_file()
    {
        var time = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        await Session.PutAsync("a", "content");
        await Session.TouchAsync(P("a"), time);
        var entry = await Session.CopyAsync(P("a"), P("b"));

        Assert.Equal(7, entry.Size);
        Assert.Equal(time, entry.Modified);
        await Session.PutAsync("a", "changed");
        Assert.Equal("content", await Session.GetAsync("b"));
        Assert.Equal(FileError.AlreadyExists, await FailsAsync(() => Session.CopyAsync(P("a"), P("b"), overwrite: false)));
        await Session.CopyAsync(P("a"), P("b"));
        Assert.Equal("changed", await Session.GetAsync("b"));
    }

    [Theory]
    [InlineData(ChecksumAlgorithm.Crc32C, 0, null, "e3069283")]
    [InlineData(ChecksumAlgorithm.Md5, 0, null, "25f9e794323b453885f5181f1b624d0b")]
    [InlineData(ChecksumAlgorithm.Sha256, 0, null, "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225")]
    [InlineData(ChecksumAlgorithm.Md5, 2, 3L, "d81f9c1be2e08964bf9f24b15f0e4900")]
    [InlineData(ChecksumAlgorithm.Md5, 9, null, "d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData(ChecksumAlgorithm.Md5, 90, 5L, "d41d8cd98f00b204e9800998ecf8427e")]
    public async Task Ranges_are_hashed(ChecksumAlgorithm algorithm, long offset, long? length, string expected)
    {
        await Session.PutAsync("digits", "123456789");

        Assert.Equal(new Checksum(algorithm, expected), await Session.HashAsync(P("digits"), algorithm, offset, length));
    }

    [Fact]
    public async Task The_working_folder_is_where_names_begin()
    {
        await Session.MakeFolderAsync(P("a/b"), parents: true);
        await Session.ChangeFolderAsync(Session.Resolve("a/b"u8));
        await Session.PutAsync(Session.Resolve("../file"u8), "x"u8.ToArray());

        Assert.Equal("/a/b", Session.Folder.ToString());
        Assert.Equal("x", await Session.GetAsync("/a/file"));
        Assert.Equal(RemotePath.Root, Session.Resolve("../../../../.."u8));
    }
}
