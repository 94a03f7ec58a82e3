using Argosy.Cli.Tests.Spine;

namespace Argosy.Cli.Tests.Clones;

/// <summary>This repository as somebody gets it: a clone at <c>~/argosy</c>, built by its launcher, once for all tests of it.</summary>
public sealed class FreshClone : IAsyncLifetime
{
    private static readonly TimeSpan BuildPatience = TimeSpan.FromMinutes(5);

    /// <summary>The home of whoever has cloned it.</summary>
    internal TempFolder Home { get; } = new();

    public string Folder => Home["argosy"];

    /// <summary>True where ./check has built this tree by its launcher already.</summary>
    public bool WasBuilt { get; private set; }

    /// <summary>What the launcher's first start wrote to standard error.</summary>
    public string FirstLog { get; private set; } = "";

    /// <summary>The packages that the build of these tests used: nothing is fetched a second time.</summary>
    internal static (string, string) Packages =>
        ("NUGET_PACKAGES", Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"));

    public async ValueTask InitializeAsync()
    {
        var clone = await ArgosyCommand.RunProgramAsync(
            Home, "/usr/bin/env", ["git", "-c", "safe.directory=*", "clone", "-q", "--no-local", SourceTree.Repository, Folder], BuildPatience);
        Assert.Equal((0, ""), (clone.ExitCode, clone.Error));
        WasBuilt = !Check.All && SourceTree.TryAddBuild(Folder, ArgosyCommand.Program);
        var first = await ArgosyCommand.RunProgramAsync(Home, Path.Combine(Folder, "argosy"), ["--version"], BuildPatience, Packages);
        Assert.Equal(0, first.ExitCode);
        FirstLog = first.Error;
    }

    public ValueTask DisposeAsync()
    {
        Home.Dispose();
        return ValueTask.CompletedTask;
    }
}
