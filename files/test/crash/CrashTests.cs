using System.Diagnostics;
using static Argosy.Files.Tests.SessionShorthand;

namespace Argosy.Files.Tests;

/// <summary>A process that dies at any moment leaves every acknowledged file whole, and usage right for whoever comes next.</summary>
public sealed class CrashTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string, long, long> Crashes => new()
    {
        // What counts after each: 100 bytes old, 200 older, 400 unfinished, 2 × 30 in a tree.
        { "publish-new", "begun", 760, 5 },
        { "publish-new", "stepped", 1460, 6 },
        { "publish-over", "begun", 760, 5 },
        { "publish-over", "stepped", 1360, 5 },
        { "store-new", "begun", 760, 5 },
        { "store-new", "stepped", 1460, 6 },
        { "store-over", "begun", 760, 5 },
        { "store-over", "stepped", 1360, 5 },
        { "store-many", "begun", 760, 5 },
        { "store-many", "stepped", 2860, 8 },
        { "store-many-over", "begun", 760, 5 }, // In the way of both is something: that was seen in a first round, which is over.
        { "store-many-over", "stepped", 760, 5 },
        { "publish-resumed", "begun", 1060, 5 }, // The 300 bytes that came beyond the kept 400 are kept as well.
        { "publish-resumed", "stepped", 1060, 5 },
        { "keep", "begun", 1460, 6 }, // Not recorded yet, but there: the sweep keeps it.
        { "keep", "stepped", 1460, 6 },
        { "discard", "begun", 760, 5 },
        { "discard", "stepped", 360, 4 },
        { "remove", "begun", 760, 5 },
        { "remove", "stepped", 660, 4 },
        { "remove-tree", "begun", 700, 3 }, // Gone from the home already; the sweep counts it down.
        { "remove-tree", "stepped", 700, 3 },
        { "link", "begun", 760, 5 },
        { "link", "stepped", 763, 6 },
        { "rename-over", "begun", 760, 5 },
        { "rename-over", "stepped", 660, 4 },
    };

    [Theory]
    [MemberData(nameof(Crashes))]
    public async Task A_step_that_was_interrupted_is_settled(string operation, string point, long bytes, long files)
    {
        await using (var before = Open())
        {
            var session = await OpenAsync(before);
            await session.PutAsync(P("old"), new byte[100]);
            await session.PutAsync(P("older"), new byte[200]);
            await session.MakeFolderAsync(P("tree/sub"), parents: true);
            await session.PutAsync(P("tree/file"), new byte[30]);
            await session.PutAsync(P("tree/sub/file"), new byte[30]);
            await using var unfinished = await session.OpenUploadAsync(new() { Path = P("unfinished"), UploadId = "id" });
            await unfinished.WriteAsync(new byte[400]);
        }

        using (var host = Start("crash", operation, point))
        {
            await host.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
            Assert.Equal(137, host.ExitCode);
        }

        await using var after = Open();
        var next = await OpenAsync(after);
        await after.SweepAsync();
        Assert.Equal(new Quota(bytes, files, 1 << 30, null), await next.QuotaAsync());
        await AssertTidyAsync(after);
    }

    [Fact]
    public async Task Killed_at_any_moment_nothing_acknowledged_is_lost()
    {
        _folder.In("home");
        var random = new Random(7);
        var acknowledged = new HashSet<string>();
        for (var round = 0; round < 8; round++)
        {
            using (var host = Start("churn"))
            {
                for (var lines = random.Next(1, 300); lines > 0; lines--)
                {
                    acknowledged.Add((await host.StandardOutput.ReadLineAsync().WaitAsync(Patience))!);
                }

                host.Kill();
                acknowledged.UnionWith((await host.StandardOutput.ReadToEndAsync().WaitAsync(Patience)).Split('\n')[..^1]);
                await host.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
            }

            await using var vessel = Open();
            await CheckAsync(await OpenAsync(vessel), acknowledged);
            await vessel.SweepAsync();
            await AssertTidyAsync(vessel);
        }
    }

    /// <summary>Every acknowledged file is there, and every file that is there is whole.</summary>
    private static async Task CheckAsync(FileSession session, HashSet<string> acknowledged)
    {
        var names = (await session.NamesAsync()).Where(name => name.StartsWith("stays-", StringComparison.Ordinal)).ToHashSet();
        Assert.Empty(acknowledged.Except(names));
        foreach (var name in names)
        {
            var content = await session.GetAsync(P(name));
            Assert.Equal(TestHost.Churn.Content(name, content.Length), content);
        }
    }

    /// <summary>Usage is what a fresh count finds, and nothing but kept uploads is staged.</summary>
    private async Task AssertTidyAsync(Vessel vessel)
    {
        await using var home = await vessel.Storage.OpenHomeAsync(vessel.Home, true, InlineOffload.Instance);
        var counted = default(Usage);
        await home.CountAsync(sum => counted = sum);
        var used = vessel.Ledger.Counter(home.Identity).Used;
        Assert.Equal(counted, new Usage(used.Bytes, used.Files));
        var staged = Directory.EnumerateFileSystemEntries(Path.Combine(_folder.Path, "staging"), "*", SearchOption.AllDirectories)
            .Select(path => Path.GetFileName(path)).Where(name => name.StartsWith("w.", StringComparison.Ordinal) || name.StartsWith("t.", StringComparison.Ordinal));
        Assert.Empty(staged);
    }

    private static Task<FileSession> OpenAsync(Vessel vessel) => vessel.OpenAsync(grant => grant with { QuotaBytes = 1 << 30 });

    private Vessel Open() => new(
        new LocalStorage(new() { Staging = Path.Combine(_folder.Path, "staging") }), _folder.In("home"), Path.Combine(_folder.Path, "ledger"));

    private Process Start(params string[] arguments) => Start(_folder, [], arguments);

    internal static Process Start(TestFolder folder, params string[] arguments) => Start(folder, [], arguments);

    internal static Process Start(TestFolder folder, string[] under, params string[] arguments)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(here.Parent!.Parent!.FullName, "Argosy.Files.TestHost", here.Name, "Argosy.Files.TestHost.dll");
        string[] command = [.. under, "dotnet", program, folder.Path, .. arguments];
        return Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true })!;
    }
}
