using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Argosy.Files.Tests;

/// <summary>With strict durability everything is on the disk before it is acknowledged: as the system calls show, where strace(1) is there to tell.</summary>
public sealed partial class DurabilityTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Data_is_synced_before_its_name_and_the_name_before_the_answer()
    {
        var home = _folder.In("home");
        var calls = Trace();

        // In the order of the calls; D is the staged data, F a folder of the home, S the staging folder.
        foreach (var (what, expected) in new[]
        {
            ("put", "sync-data rename sync-home"),
            ("over", "sync-data rename sync-home"),
            ("resumed", "sync-data rename sync-home"),
            ("store", "sync-data rename sync-home"),
            ("many", "sync-data rename sync-home"),
            ("folder", "mkdir sync-home"),
            ("link", "symlink sync-home"),
            ("moved", "rename sync-home"),
            ("removed", "rename sync-home"),
            ("tree", "rename sync-home"),
            ("kept", "sync-data sync-record rename sync-staging"),
        })
        {
            Assert.True(calls.ContainsKey(what), what);
            AssertInOrder(expected.Split(' '), calls[what], what);
        }

        string Describe(string line) => (Call().Match(line) is { Success: true } match ? match.Groups[1].Value : "", line) switch
        {
            ("fsync" or "fdatasync", _) when SyncOf().Match(line) is { Success: true } of => Synced(of.Groups[1].Value),
            ("renameat2", _) => "rename",
            ("mkdirat", _) => "mkdir",
            ("symlinkat", _) => "symlink",
            _ => "",
        };

        string Synced(string path) => path.StartsWith(home, StringComparison.Ordinal) ? "sync-home"
            : Path.GetFileName(path) is ['u', '.', ..] ? "sync-data"
            : Path.GetFileName(path) is ['w', '.', ..] || Path.GetFileName(Path.GetDirectoryName(path)) is ['w', '.', ..] ? "sync-work"
            : "sync-staging";

        Dictionary<string, List<string>> Trace()
        {
            var trace = Path.Combine(_folder.Path, "trace");
            using var host = Start(trace);
            Assert.True(host.WaitForExit(TimeSpan.FromSeconds(60)));
            Assert.Equal(0, host.ExitCode);
            var (each, since) = (new Dictionary<string, List<string>>(), new List<string>());
            foreach (var line in File.ReadLines(trace))
            {
                if (Answer().Match(line) is { Success: true } answer)
                {
                    each.Add(answer.Groups[1].Value, since);
                    since = [];
                }
                else if (Describe(line) is { Length: > 0 } call)
                {
                    since.Add(call);
                }
            }

            return each;
        }
    }

    /// <summary>New data waits under a <c>w.</c> name as a record does: only what else is expected tells them apart.</summary>
    private static void AssertInOrder(string[] expected, List<string> calls, string what)
    {
        var at = 0;
        foreach (var call in calls)
        {
            var wanted = at < expected.Length ? expected[at] : "";
            at += call == wanted || (call == "sync-work" && wanted is "sync-data" or "sync-record") ? 1 : 0;
        }

        Assert.True(at == expected.Length, $"{what}: {string.Join(' ', calls)}");
    }

    private Process Start(string trace)
    {
        try
        {
            using var probe = Process.Start(new ProcessStartInfo("strace", ["-o", "/dev/null", "true"]))!;
            probe.WaitForExit();
            Assert.SkipWhen(probe.ExitCode != 0, "not applicable: strace may not trace here.");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("not applicable: there is no strace.");
        }

        return CrashTests.Start(_folder, ["strace", "-f", "-y", "-qq", "-e", "trace=fsync,fdatasync,renameat2,mkdirat,symlinkat,write", "-o", trace], "strict");
    }

    [GeneratedRegex(@"^\d+ +(\w+)\(")]
    private static partial Regex Call();

    [GeneratedRegex(@"sync\(\d+<([^>]*)>")]
    private static partial Regex SyncOf();

    [GeneratedRegex(@"write\(\d+<[^>]*>, ""done (\w+)\\n""")]
    private static partial Regex Answer();
}
