using System.Diagnostics;

namespace Argosy.Sockets.Tests;

/// <summary>The interpreter that some tests compare with. A machine without one skips them.</summary>
internal static class Python
{
    private static readonly Lazy<bool> LazyIsThere = new(() => Environment.GetEnvironmentVariable("PATH")!.Split(':')
        .Any(folder => File.Exists(Path.Combine(folder, "python3"))));

    /// <summary>Runs a program to its end and returns what it printed.</summary>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        Assert.SkipUnless(LazyIsThere.Value, "not applicable: no python3 to compare with");
        using var process = Process.Start(new ProcessStartInfo("python3", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            var error = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal((0, ""), (process.ExitCode, await error));
            return output;
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
