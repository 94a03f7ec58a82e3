namespace Argosy.Client.Tests;

/// <summary>Small files between a real server and a real disk: what of them is seen there, and when.</summary>
public sealed class SmallFileTests
{
    private const int Timeout = 30_000;

    [Fact(Timeout = Timeout)]
    public async Task A_small_file_never_has_another_name_than_its_own()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        await client.PutAsync("content"u8.ToArray(), "/f", new PutOptions { Modified = DateTimeOffset.UnixEpoch, Mode = (UnixFileMode)0b111_111_111 });
        var seen = new List<string>();
        using var watcher = new FileSystemWatcher(server.Local.Path) { NotifyFilter = NotifyFilters.FileName, EnableRaisingEvents = true };
        var last = new TaskCompletionSource();
        watcher.Created += (_, change) => Add(change.Name!);
        watcher.Renamed += (_, change) => Add(change.Name!);
        await client.GetAsync("/f", server.Local["f"], new GetOptions { SkipIdentical = true });
        File.WriteAllText(server.Local["last"], "");
        await last.Task;
        Assert.Equal(["f", "last"], seen.Where(name => !name.StartsWith(".known", StringComparison.Ordinal)));
        Assert.Equal("content", File.ReadAllText(server.Local["f"]));
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(server.Local["f"]));
        Assert.Equal((UnixFileMode)0b111_111_111 & ~FileCreationMask.Value, File.GetUnixFileMode(server.Local["f"]));

        void Add(string name)
        {
            seen.Add(name);
            if (name == "last")
                last.TrySetResult();
        }
    }

    [Fact(Timeout = Timeout)]
    public async Task What_is_left_of_a_download_that_was_cut_goes_when_the_file_has_become_small()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        await client.PutAsync("small"u8.ToArray(), "/f");
        var part = server.Local[LocalTarget.StagedName("f"u8)];
        File.WriteAllBytes(part, new byte[3 << 20]);
        File.SetUnixFileMode(part, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await client.GetAsync("/f", server.Local["f"], new GetOptions { SkipIdentical = true });
        Assert.Equal("small", File.ReadAllText(server.Local["f"]));
        Assert.False(File.Exists(part));
    }

    [Fact(Timeout = Timeout)]
    public async Task What_stands_in_the_way_of_a_small_file_is_treated_as_that_of_a_large_one()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        foreach (var name in (string[])["/file", "/link", "/folder", "/new"])
            await client.PutAsync("new"u8.ToArray(), name, new PutOptions { Mode = (UnixFileMode)0b111_101_101 });
        File.WriteAllText(server.Local["outside"], "mine");
        Directory.CreateDirectory(server.Local["target/folder"]);
        File.WriteAllText(server.Local["target/file"], "old");
        File.SetUnixFileMode(server.Local["target/file"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.CreateSymbolicLink(server.Local["target/link"], "../outside");

        var outcomes = await client.GetFolderAsync("/", server.Local["target"], new TreeOptions { Overwrite = false }).ToListAsync();
        Assert.Equal(["/file Left", "/folder Left", "/link Left", "/new Moved"], Say(outcomes));
        outcomes = await client.GetFolderAsync("/", server.Local["target"]).ToListAsync();
        Assert.Equal(["/file Moved", "/folder Failed", "/link Moved", "/new Unchanged"], Say(outcomes));
        Assert.Equal("mine", File.ReadAllText(server.Local["outside"]));
        Assert.Equal("new", File.ReadAllText(server.Local["target/file"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(server.Local["target/file"]));
        Assert.Null(new FileInfo(server.Local["target/link"]).LinkTarget);
        Assert.Equal(4, Directory.GetFileSystemEntries(server.Local["target"]).Length);
    }

    [Fact(Timeout = Timeout)]
    public async Task A_file_that_goes_before_it_is_opened_is_not_in_the_tree()
    {
        await using var server = new RealServer();
        await using var client = await server.ConnectAsync();
        Directory.CreateDirectory(server.Local["tree"]);
        File.WriteAllText(server.Local["tree/here"], "");
        using var folder = LocalFolder.Open(server.Local["tree"]);
        Assert.Null(folder.OpenFile("gone"u8.ToArray(), out _));
        Assert.Equal([("here", true)], folder.ReadNames().Select(entry => (System.Text.Encoding.UTF8.GetString(entry.Name), entry.IsFile)));
    }

    [Fact]
    public async Task A_file_that_is_longer_or_shorter_than_it_was_is_read_as_such()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["f"], "12345");
        using var local = LocalFolder.Open(folder.Path);
        await using var file = LocalFile.Of(local.OpenFile("f"u8.ToArray(), out var facts)!, facts, "f");
        Assert.Equal(5, file.ReadAll(new byte[6]));
        Assert.True(file.IsUnchanged);
        File.AppendAllText(folder["f"], "67");
        Assert.Equal(6, file.ReadAll(new byte[6]));
        Assert.False(file.IsUnchanged);
        File.WriteAllText(folder["f"], "123");
        Assert.Equal(3, file.ReadAll(new byte[6]));
        Assert.False(file.IsUnchanged);
    }

    private static IEnumerable<string> Say(IEnumerable<TreeOutcome> outcomes) =>
        outcomes.Select(outcome => $"{outcome.Path} {outcome.Result}").Order(StringComparer.Ordinal);
}
