using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using static Argosy.Files.Tests.SessionShorthand;

namespace Argosy.Files.Tests;

public sealed class KernelJailTests() : JailTests(walk: false);

public sealed class WalkedJailTests() : JailTests(walk: true);

/// <summary>Nobody leaves the home, whatever links a friend of his makes on the disk.</summary>
public abstract partial class JailTests(bool walk) : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private Vessel _vessel = null!;
    private FileSession _session = null!;

    private string Home => _vessel.Home;

    private string Outside => _folder.In("outside");

    public async ValueTask InitializeAsync()
    {
        _vessel = new Vessel(new LocalStorage(new() { Walk = walk }), _folder.In("home"), Path.Combine(_folder.Path, "ledger"));
        _session = await _vessel.OpenAsync();
        File.WriteAllText(Path.Combine(Outside, "secret"), "secret");
    }

    public async ValueTask DisposeAsync()
    {
        await _vessel.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Links_that_stay_inside_are_followed()
    {
        await _session.MakeFolderAsync(P("a/b"), parents: true);
        await _session.PutAsync("a/b/file", "x");
        File.CreateSymbolicLink(Path.Combine(Home, "to-file"), "a/b/file");
        Directory.CreateSymbolicLink(Path.Combine(Home, "to-folder"), "a");
        Directory.CreateSymbolicLink(Path.Combine(Home, "a", "round"), "../a/b/..");

        Assert.Equal("x", await _session.GetAsync("to-file"));
        Assert.Equal("x", await _session.GetAsync("to-folder/b/file"));
        Assert.Equal("x", await _session.GetAsync("a/round/round/b/file"));
        Assert.Equal(EntryKind.File, (await _session.FindAsync(P("to-file")))!.Kind);
        var link = await _session.FindAsync(P("to-file"), followLink: false);
        Assert.Equal(EntryKind.Link, link!.Kind);
        Assert.Equal("a/b/file", Encoding.UTF8.GetString(link.LinkTarget!.Value.Span));
        await _session.PutAsync("to-folder/new", "y");
        Assert.Equal("y", await _session.GetAsync("a/new"));
    }

    [Theory]
    [InlineData("absolute")]
    [InlineData("relative")]
    [InlineData("slash")]
    [InlineData("through")]
    [InlineData("process")]
    public async Task Links_that_lead_out_are_refused_everywhere(string kind)
    {
        Directory.CreateDirectory(Path.Combine(Home, "sub"));
        Directory.CreateSymbolicLink(Path.Combine(Home, "link"), kind switch
        {
            "absolute" => Outside,
            "relative" => "../outside",
            "slash" => "../outside/",
            "through" => "sub/../../outside",
            _ => "/proc/self/root" + Outside,
        });

        foreach (var refused in new Func<Task>[]
        {
            () => _session.GetAsync("link/secret"),
            () => _session.NamesAsync("link"),
            () => _session.PutAsync("link/new", "x"),
            () => _session.MakeFolderAsync(P("link/new")).AsTask(),
            () => _session.RemoveAsync(P("link/secret")).AsTask(),
            () => _session.RemoveFolderAsync(P("link/secret")).AsTask(),
            () => _session.RenameAsync(P("link/secret"), P("mine")).AsTask(),
            () => _session.CopyAsync(P("link/secret"), P("mine")).AsTask(),
            () => _session.TouchAsync(P("link/secret"), DateTime.UtcNow).AsTask(),
            () => _session.ChangeFolderAsync(P("link")).AsTask(),
            () => _session.FindAsync(P("link/secret")).AsTask(),
            () => _session.HashAsync(P("link/secret"), ChecksumAlgorithm.Md5).AsTask(),
        })
        {
            Assert.Equal(FileError.NotPermitted, await FailsAsync(refused));
        }

        await _session.PutAsync("file", "x");
        Assert.Equal(FileError.NotPermitted, await FailsAsync(() => _session.RenameAsync(P("file"), P("link/file"))));
        Assert.Equal(["secret"], Directory.GetFileSystemEntries(Outside).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_link_is_replaced_and_removed_itself_not_its_target()
    {
        File.CreateSymbolicLink(Path.Combine(Home, "link"), "../outside/secret");
        Directory.CreateSymbolicLink(Path.Combine(Home, "folder"), "../outside");
        await _session.PutAsync("link", "mine");
        await _session.RemoveAsync(P("folder"));

        Assert.Equal("secret", File.ReadAllText(Path.Combine(Outside, "secret")));
        Assert.Null(new FileInfo(Path.Combine(Home, "link")).LinkTarget);
        Assert.Equal(["link"], await _session.NamesAsync());
    }

    [Fact]
    public async Task Removing_a_tree_follows_no_links()
    {
        await _session.MakeFolderAsync(P("tree/sub"), parents: true);
        Directory.CreateSymbolicLink(Path.Combine(Home, "tree", "link"), Outside);
        Directory.CreateSymbolicLink(Path.Combine(Home, "tree", "sub", "link"), "../../../outside");
        await _session.RemoveFolderAsync(P("tree"), recursive: true);

        Assert.Equal("secret", File.ReadAllText(Path.Combine(Outside, "secret")));
        Assert.Empty(await _session.NamesAsync());
        Directory.CreateSymbolicLink(Path.Combine(Home, "link"), Outside);
        Assert.Equal(FileError.NotAFolder, await FailsAsync(() => _session.RemoveFolderAsync(P("link"), recursive: true)));
        Assert.Equal(FileError.NotAFolder, await FailsAsync(() => _session.RemoveFolderAsync(P("link"))));
    }

    [Fact]
    public void A_path_that_climbs_is_stopped_by_the_jail_itself()
    {
        // No path from outside holds "..": it is resolved before. Should one ever come through, the jail is the second wall.
        Directory.CreateDirectory(Path.Combine(Home, "sub"));
        using var jail = OpenJail();
        foreach (var climbing in new[] { "..", "../outside/secret", "sub/../../outside/secret" })
        {
            var forged = RemotePath.Root.Child(Encoding.UTF8.GetBytes(climbing));
            Assert.Equal(-Errno.CrossDevice, jail.TryOpen(forged));
            Assert.Equal(FileError.NotPermitted, Assert.Throws<FileException>(() => jail.OpenFolder(forged)).Error);
        }

        // An absolute one begins at the home for the walk; the kernel refuses it.
        Assert.Equal(walk ? -Errno.NotFound : -Errno.CrossDevice, jail.TryOpen(RemotePath.Root.Child(Encoding.UTF8.GetBytes(Outside))));

        jail.OpenFolder(RemotePath.Root.Child("sub/../sub"u8)).Dispose();
    }

    [Fact]
    public async Task A_folder_that_is_taken_out_of_the_home_during_a_look_is_missing_and_leads_nowhere()
    {
        var looks = walk ? 10_000 : 200_000; // The kernel is found out about once in so many.
        var inside = Directory.CreateDirectory(Path.Combine(Home, "a", "b", "c", "d", "e", "f")).Parent!.Parent!.Parent!.Parent!.FullName;
        var away = Path.Combine(Outside, "away");
        var path = P("a/b/c/d/e/f");
        using var jail = OpenJail();
        byte[] from = [.. Encoding.UTF8.GetBytes(inside), 0], to = [.. Encoding.UTF8.GetBytes(away), 0];
        var isOver = false;
        var moving = Task.Factory.StartNew(
            () =>
            {
                while (!Volatile.Read(ref isOver))
                {
                    Kernel.Rename(Kernel.AtWorkingFolder, from, Kernel.AtWorkingFolder, to);
                    Kernel.Rename(Kernel.AtWorkingFolder, to, Kernel.AtWorkingFolder, from);
                }
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        var results = new HashSet<int>();
        try
        {
            for (var i = 0; i < looks; i++)
            {
                var result = jail.TryOpen(path);
                if (result >= 0) Kernel.Close(result);
                results.Add(Math.Min(result, 0));
            }
        }
        finally
        {
            Volatile.Write(ref isOver, true);
            await moving;
        }

        Assert.Subset(new HashSet<int> { 0, -Errno.NotFound }, results);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_home_that_was_replaced_by_a_link_is_not_followed_and_sessions_keep_what_they_had(bool within)
    {
        var place = within ? _folder.In("homes", "ann") : _folder.In("ann");
        var session = await _vessel.OpenAsync(grant => grant with { Home = place });
        await session.PutAsync("own", "mine");
        var (moved, link) = within ? (_folder.In("homes"), _folder.In("homes") + ".old") : (place, place + ".old");
        Directory.Move(moved, link);
        Directory.CreateDirectory(Path.Combine(Outside, "ann"));
        Directory.CreateSymbolicLink(moved, Outside);

        Assert.Equal(FileError.Storage, await FailsAsync(() => _vessel.OpenAsync(grant => grant with { Home = place })));
        Assert.Equal(["own"], await session.NamesAsync());
        Assert.Null(await session.FindAsync(P("secret")));
    }

    [Fact]
    public async Task Circles_end()
    {
        Directory.CreateSymbolicLink(Path.Combine(Home, "a"), "b");
        Directory.CreateSymbolicLink(Path.Combine(Home, "b"), "a");

        Assert.Equal(FileError.NotPermitted, await FailsAsync(() => _session.NamesAsync("a")));
        Assert.Equal(["a", "b"], await _session.NamesAsync());
    }

    [Fact]
    public async Task Rules_about_paths_are_not_evaded_by_links()
    {
        await _session.MakeFolderAsync(P("private"));
        await _session.PutAsync("private/file", "x");
        Directory.CreateSymbolicLink(Path.Combine(Home, "alias"), "private");
        var ruled = await _vessel.OpenAsync(grant => grant with { Paths = [new("/private", Permissions.None)] });

        Assert.Equal(FileError.NotPermitted, await FailsAsync(() => ruled.GetAsync("private/file")));
        Assert.Equal(FileError.NotPermitted, await FailsAsync(() => ruled.GetAsync("alias/file")));
        Assert.Equal(["alias", "private"], await ruled.NamesAsync());
    }

    [Fact]
    public async Task Fifos_and_sockets_are_listed_and_never_opened()
    {
        Run("mkfifo", Path.Combine(Home, "fifo"));
        var entry = await _session.FindAsync(P("fifo"));

        Assert.Equal(EntryKind.Other, entry!.Kind);
        Assert.Equal(["fifo"], await _session.NamesAsync());
        Assert.Equal(FileError.NotAFile, await FailsAsync(() => _session.OpenDownloadAsync(P("fifo"))));
        Assert.Equal(FileError.NotAFile, await FailsAsync(() => _session.CopyAsync(P("fifo"), P("copy"))));
        Assert.Equal(FileError.NotAFile, await FailsAsync(() => _session.PutAsync("fifo", "x")));
        await _session.RemoveAsync(P("fifo"));
        Assert.Empty(await _session.NamesAsync());
    }

    [Fact]
    public async Task The_staging_folder_cannot_be_reached_or_seen()
    {
        Assert.True(Directory.Exists(Path.Combine(Home, ".argosy-staging")));
        Assert.Empty(await _session.NamesAsync());
        Assert.Null(await _session.FindAsync(P(".argosy-staging")));
        foreach (var path in new[] { ".argosy-staging", ".argosy-staging/lock", "a/.argosy-staging.1" })
        {
            Assert.Equal(FileError.BadName, await FailsAsync(() => _session.PutAsync(path, "x")));
            Assert.Equal(FileError.BadName, await FailsAsync(() => _session.OpenDownloadAsync(P(path))));
            Assert.Equal(FileError.BadName, await FailsAsync(() => _session.RemoveFolderAsync(P(path), recursive: true)));
            Assert.Equal(FileError.BadName, await FailsAsync(() => _session.NamesAsync(path)));
        }

        // Nor among others, for which the folder around it is open already.
        var many = await _session.StoreManyAsync([new(P("beside"), default), new(P(".argosy-staging.1"), default), new(RemotePath.Root, default)]);
        Assert.Equal([null, FileError.BadName, FileError.NotPermitted], many.Select(result => result.Failure?.Error));

        // Whoever has a shell in the home may make a link to it.
        Directory.CreateSymbolicLink(Path.Combine(Home, "alias"), ".argosy-staging");
        File.CreateSymbolicLink(Path.Combine(Home, "key"), ".argosy-staging/lock");
        Assert.Equal(FileError.NotFound, await FailsAsync(() => _session.NamesAsync("alias")));
        Assert.Equal(FileError.NotFound, await FailsAsync(() => _session.PutAsync("alias/x", "x")));
        Assert.Equal(FileError.NotFound, await FailsAsync(() => _session.RemoveAsync(P("alias/lock"))));
        Assert.Equal(FileError.NotFound, await FailsAsync(() => _session.OpenDownloadAsync(P("alias/lock"))));
        Assert.Equal(FileError.NotFound, await FailsAsync(() => _session.OpenDownloadAsync(P("key"))));
    }

    [Fact]
    public async Task A_vanished_home_is_said_to_be_one()
    {
        Directory.Delete(Home, recursive: true);

        Assert.Equal(FileError.Storage, await FailsAsync(() => _session.NamesAsync()));
        Assert.Equal(FileError.Storage, await FailsAsync(() => _session.FindAsync(P("x"))));
        Assert.Equal(FileError.Storage, await FailsAsync(() => _session.GetAsync("x")));
        Assert.Equal(FileError.Storage, await FailsAsync(() => _session.PutAsync("x", "x")));
        Assert.Equal(FileError.Storage, await FailsAsync(() => _session.MakeFolderAsync(P("x"))));
        Assert.Equal(FileError.Storage, await FailsAsync(() => _vessel.OpenAsync()));
        Directory.CreateDirectory(Home);
        var again = await _vessel.OpenAsync();
        await again.PutAsync("x", "x");
        Assert.Equal(["x"], await again.NamesAsync());
    }

    [Fact]
    public async Task A_folder_swapped_for_a_link_during_20000_opens_never_leads_out()
    {
        Directory.CreateDirectory(Path.Combine(Home, "real"));
        File.WriteAllText(Path.Combine(Home, "real", "secret"), "inside");
        Directory.CreateSymbolicLink(Path.Combine(Home, "link"), Outside);
        Directory.CreateDirectory(Path.Combine(Home, "swap"));
        File.WriteAllText(Path.Combine(Home, "swap", "secret"), "inside");
        using var stop = new CancellationTokenSource();
        var swapper = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Exchange(Path.Combine(Home, "swap"), Path.Combine(Home, "link"));
            }
        });
        swapper.Start();
        try
        {
            var inside = 0;
            for (var i = 0; i < 20_000; i++)
            {
                try
                {
                    Assert.Equal("inside", await _session.GetAsync("swap/secret"));
                    inside++;
                }
                catch (FileException refused)
                {
                    Assert.Contains(refused.Error, new[] { FileError.NotPermitted, FileError.NotFound, FileError.Storage });
                }
            }

            Assert.NotEqual(0, inside);
        }
        finally
        {
            stop.Cancel();
            swapper.Join();
        }
    }

    private Jail OpenJail()
    {
        var home = Kernel.OpenAt(Kernel.AtWorkingFolder, [.. Encoding.UTF8.GetBytes(Home), 0], Kernel.PathOnly | Kernel.Directory);
        return new Jail(new(Errno.Check(home, "The home"), ownsHandle: true), followLinks: true, walk);
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private static void Exchange(string a, string b) => RenameAt2(-100, a, -100, b, 2);

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt2(int fromFolder, string from, int toFolder, string to, uint flags);
}
