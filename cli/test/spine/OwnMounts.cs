namespace Argosy.Cli.Tests.Spine;

/// <summary>A process that mounts for itself alone (mount_namespaces(7)): as root, or where users may have namespaces of their own.</summary>
internal static class OwnMounts
{
    private static readonly string[][] Ways = [["unshare", "--mount"], ["unshare", "--user", "--map-root-user", "--mount"]];

    /// <summary>The beginning of a command line that runs a shell script before what follows it; skips the test where that is not allowed.</summary>
    public static async Task<string[]> RunAsync(TempFolder home, string script)
    {
        foreach (var way in Ways)
        {
            var probe = await ArgosyCommand.RunProgramAsync(home, "/usr/bin/env", [.. way, "mount", "-t", "tmpfs", "tmpfs", home.Path]);
            if (probe.ExitCode == 0) return ["/usr/bin/env", .. way, "/bin/sh", "-ec", $"{script}; exec \"$@\"", "sh"];
        }

        home.Dispose();
        Assert.Skip("this machine lets nobody mount a file system of its own");
        throw new InvalidOperationException();
    }
}
