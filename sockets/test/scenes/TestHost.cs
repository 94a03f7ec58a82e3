namespace Argosy.Sockets.Tests;

/// <summary>The program that the tests' worker processes run.</summary>
internal static class TestHost
{
    public static WorkerCommand Command { get; } = new()
    {
        // ./check names one that is ready to run: workers are started by the thousand, and the compiler would run in each.
        Program = Environment.GetEnvironmentVariable("ARGOSY_TEST_HOST") is { Length: > 0 } ready
            ? ready
            : Path.Combine(Folder("Argosy.Sockets.TestHost"), "Argosy.Sockets.TestHost"),
        Arguments = [typeof(TestHost).Assembly.Location],
    };

    /// <summary>Where another project of this build was built to.</summary>
    public static string Folder(string project)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(here.Parent!.Parent!.FullName, project, here.Name);
    }
}
