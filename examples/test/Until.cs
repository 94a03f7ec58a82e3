using System.Diagnostics;

namespace Argosy.Examples.Tests;

/// <summary>Waits for something that nobody reports, such as the end of a process that is not ours.</summary>
internal static class Until
{
    public static async Task TrueAsync(Func<bool> isSo)
    {
        var start = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < ExampleProcess.Patience, "it did not become true");
            await Task.Delay(20);
        }
    }
}
