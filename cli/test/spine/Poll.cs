using System.Diagnostics;

namespace Argosy.Cli.Tests.Spine;

/// <summary>Waits for what another process does and nobody announces.</summary>
internal static class Poll
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    public static async Task UntilAsync(Func<bool> isSo, Func<string> otherwise)
    {
        var clock = Stopwatch.StartNew();
        while (!isSo())
        {
            if (clock.Elapsed > ArgosyCommand.Patience) throw new TimeoutException(otherwise());
            await Task.Delay(Interval);
        }
    }
}
