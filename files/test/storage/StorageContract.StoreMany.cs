using System.Text;
using static Argosy.Files.Tests.SessionShorthand;

namespace Argosy.Files.Tests;

/// <content>Many files that come whole: with the same result as one after another, and with none that keeps others back.</content>
public abstract partial class StorageContract
{
    [Fact]
    public async Task Many_files_are_stored_and_counted_like_others()
    {
        await Session.MakeFolderAsync(P("in/deep"), parents: true);
        await Session.MakeFolderAsync(P("folder"));
        await StoreAsync("in/old", "long ago");
        await StoreAsync("file", "12");

        var results = await StoreManyAsync(
            ("a", "1"), ("in/b", "22"), ("in/old", "new"), ("folder", "content"), ("missing/file", "content"), ("in/deep/c", "4444"), ("file/x", "5"), ("here", ""));

        Assert.Equal(
            [null, null, null, FileError.IsAFolder, FileError.NotFound, null, FileError.NotAFolder, null], results.Select(result => result.Failure?.Error));
        Assert.Equal(new Quota(1 + 2 + 3 + 4 + 2, 6, null, null), await Session.QuotaAsync());
        Assert.Equal(["b", "deep", "old"], (await Session.NamesAsync("in")).Order());
        Assert.Equal(("1", "22", "new", "4444", "", "12"), (
            await Session.GetAsync("a"), await Session.GetAsync("in/b"), await Session.GetAsync("in/old"),
            await Session.GetAsync("in/deep/c"), await Session.GetAsync("here"), await Session.GetAsync("file")));
    }

    [Fact]
    public async Task Many_files_have_the_times_and_modes_that_were_said()
    {
        var results = await Session.StoreManyAsync([new(P("a"), "1"u8.ToArray(), Then, 0x180), new(P("b"), "2"u8.ToArray())]);
        Assert.All(results, result => Assert.Null(result.Failure));
        var (a, b) = ((await Session.FindAsync(P("a")))!, (await Session.FindAsync(P("b")))!);
        Assert.Equal((Then, 0x180), (a.Modified, a.Mode));
        Assert.Equal((await Session.StoreAsync(new() { Path = P("c") }, default)).Mode, b.Mode);
        Assert.InRange(b.Modified, DateTime.UtcNow.AddMinutes(-5), DateTime.UtcNow.AddMinutes(5));
    }

    [Fact]
    public async Task Of_many_files_with_one_path_the_last_stays()
    {
        var results = await StoreManyAsync(("x", "first"), ("other", ""), ("x", "second"), ("x", "last"));
        Assert.All(results, result => Assert.Null(result.Failure));
        Assert.Equal("last", await Session.GetAsync("x"));
        Assert.Equal(new Quota(4, 2, null, null), await Session.QuotaAsync());
    }

    [Fact]
    public async Task Many_files_that_may_not_replace_leave_what_is_there()
    {
        await StoreAsync("taken", "old");
        await Session.MakeFolderAsync(P("folder"));
        var results = await Session.StoreManyAsync([new(P("taken"), "x"u8.ToArray()), new(P("new"), "y"u8.ToArray()), new(P("folder"), default)], overwrite: false);
        Assert.Equal([FileError.AlreadyExists, null, FileError.IsAFolder], results.Select(result => result.Failure?.Error));
        Assert.Equal(("old", "y"), (await Session.GetAsync("taken"), await Session.GetAsync("new")));
    }

    [Fact]
    public async Task Many_files_obey_what_the_account_may_at_each_path()
    {
        await Session.MakeFolderAsync(P("closed"));
        await StoreAsync("old", "old");
        var maker = await Vessel.OpenAsync(grant => grant with
        {
            Permissions = Permissions.Read | Permissions.Write,
            Paths = [new("/closed", Permissions.Read), new("/over", Permissions.Read | Permissions.Overwrite)],
        });
        await Session.MakeFolderAsync(P("over"));
        await StoreAsync("over/file", "old");
        var results = await maker.StoreManyAsync(
            [new(P("a"), default), new(P("closed/b"), default), new(P("old"), "new"u8.ToArray()), new(P("over/file"), "new"u8.ToArray()), new(P("over/c"), default)]);

        Assert.Equal(
            [null, FileError.NotPermitted, FileError.NotPermitted, null, FileError.NotPermitted], results.Select(result => result.Failure?.Error));
        Assert.Equal(("old", "new"), (await Session.GetAsync("old"), await Session.GetAsync("over/file")));
        Assert.Empty(await Session.NamesAsync("closed"));

        var box = await Vessel.OpenAsync(grant => grant with { NumberExisting = true });
        var numbered = await box.StoreManyAsync([new(P("old"), "second"u8.ToArray()), new(P("fresh"), default)]);
        Assert.Equal(["/old (2)", "/fresh"], numbered.Select(result => result.Path.ToString()));
        Assert.Equal(("old", "second"), (await Session.GetAsync("old"), await Session.GetAsync("old (2)")));
    }

    [Fact]
    public async Task Many_files_may_have_any_names()
    {
        byte[][] names = [[0xff, 0xfe], "\n\u001b[31m"u8.ToArray(), "ünïcode"u8.ToArray(), [.. Enumerable.Repeat((byte)'n', 255)]];
        var results = await Session.StoreManyAsync([.. names.Select(name => new FileToStore(RemotePath.Resolve(RemotePath.Root, name), name))]);
        Assert.All(results, result => Assert.Null(result.Failure));
        foreach (var name in names)
        {
            Assert.Equal(name, await Session.GetAsync(RemotePath.Resolve(RemotePath.Root, name)));
            await Session.RemoveAsync(RemotePath.Resolve(RemotePath.Root, name)); // The test's own means have no word for it.
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Any_many_files_are_what_they_would_be_one_after_another(int seed)
    {
        var random = new Random(seed);
        var expected = new Dictionary<string, byte[]>();
        string[] folders = ["", "f/", "f/g/", "h/"];
        await Session.MakeFolderAsync(P("f/g"), parents: true);
        await Session.MakeFolderAsync(P("h"));
        for (var round = 0; round < 20; round++)
        {
            var files = new List<FileToStore>();
            for (var count = random.Next(1, 60); count > 0; count--)
            {
                var name = folders[random.Next(folders.Length)] + random.Next(40);
                var content = new byte[random.Next(3) == 0 ? random.Next(70_000) : random.Next(100)];
                random.NextBytes(content);
                files.Add(new(P(name), content));
                expected[name] = content;
            }

            Assert.All(await Session.StoreManyAsync(files), result => Assert.Null(result.Failure));
        }

        Assert.Equal(new Quota(expected.Values.Sum(content => content.Length), expected.Count, null, null), await Session.QuotaAsync());
        foreach (var (name, content) in expected)
        {
            Assert.Equal(content, await Session.GetAsync(P(name)));
        }
    }

    [Fact]
    public async Task Sessions_that_store_many_at_once_agree_with_the_count()
    {
        var sessions = new List<FileSession>();
        for (var i = 0; i < 4; i++)
        {
            sessions.Add(await Vessel.OpenAsync());
        }

        await Task.WhenAll(sessions.Select((session, who) => Task.Run(async () =>
        {
            for (var round = 0; round < 25; round++)
            {
                FileToStore[] files = [.. Enumerable.Range(0, 10).Select(i => new FileToStore(P($"shared-{(i * 7) + (round % 3)}"), new byte[(who * 10) + i]))];
                Assert.All(await session.StoreManyAsync(files), result => Assert.Null(result.Failure));
            }
        })));
        var names = await Session.NamesAsync();
        var bytes = 0L;
        foreach (var name in names)
        {
            bytes += (await Session.FindAsync(P(name)))!.Size;
        }

        Assert.Equal(new Quota(bytes, names.Count(), null, null), await Session.QuotaAsync());
    }

    private async Task<IReadOnlyList<StoreResult>> StoreManyAsync(params (string Path, string Content)[] files) =>
        await Session.StoreManyAsync([.. files.Select(file => new FileToStore(P(file.Path), Encoding.UTF8.GetBytes(file.Content)))]);
}
