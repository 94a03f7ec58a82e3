using System.Diagnostics;
using static Argosy.Files.Tests.SessionShorthand;

namespace Argosy.Files.Tests;

/// <summary>A process that dies at any system call of a visit in which it stores many files, where strace(1) is there to kill it.</summary>
public sealed class VisitCrashTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("renameat2", 1)]
    [InlineData("renameat2", 2)]
    [InlineData("renameat2", 3)]
    [InlineData("renameat2", 5)]
    [InlineData("renameat2", 6)]
    [InlineData("mkdirat", 3)]
    [InlineData("unlinkat", 1)]
    [InlineData("unlinkat", 2)]
    public async Task Those_files_count_that_are_there_and_each_is_whole(string call, int when)
    {
        await using (var before = Open())
        {
            var session = await OpenAsync(before);
            await session.PutAsync(P("old"), new byte[100]);
            await session.PutAsync(P("older"), new byte[200]);
        }

        using (var host = Start($"inject={call}:signal=KILL:when={when}"))
        {
            await host.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60));
        }

        await using var after = Open();
        var next = await OpenAsync(after);
        await after.SweepAsync();
        await using var home = await after.Storage.OpenHomeAsync(after.Home, true, InlineOffload.Instance);
        var counted = default(Usage);
        await home.CountAsync(sum => counted = sum);
        var used = after.Ledger.Counter(home.Identity).Used;
        Assert.Equal(counted, new Usage(used.Bytes, used.Files));
        foreach (var name in await next.NamesAsync())
        {
            Assert.Contains((await next.GetAsync(P(name))).Length, new[] { 700, name == "old" ? 100 : name == "older" ? 200 : 700 });
        }

        var staged = Directory.EnumerateFileSystemEntries(Path.Combine(_folder.Path, "staging"), "*", SearchOption.AllDirectories).Select(Path.GetFileName);
        Assert.DoesNotContain(staged, name => name!.StartsWith("w.", StringComparison.Ordinal));
    }

    private static Task<FileSession> OpenAsync(Vessel vessel) => vessel.OpenAsync(grant => grant with { QuotaBytes = 1 << 30 });

    private Vessel Open() => new(
        new LocalStorage(new() { Staging = Path.Combine(_folder.Path, "staging") }), _folder.In("home"), Path.Combine(_folder.Path, "ledger"));

    private Process Start(string injection)
    {
        try
        {
            using var probe = Process.Start(new ProcessStartInfo("strace", ["-o", "/dev/null", "-e", "inject=chroot:error=EPERM", "true"]))!;
            probe.WaitForExit();
            Assert.SkipWhen(probe.ExitCode != 0, "not applicable: strace may not trace here.");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("not applicable: there is no strace.");
        }

        var call = injection.Split('=', ':')[1];
        return CrashTests.Start(
            _folder, ["strace", "-f", "-qq", "-e", $"trace={call}", "-e", injection, "-o", "/dev/null"], "crash", "store-many-mixed", "never");
    }
}
