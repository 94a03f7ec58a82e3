using System.Diagnostics;

namespace Argosy.Cli.Output;

/// <summary>Keeps a person at the terminal informed: how much of how much, at what rate, how long still.</summary>
internal static class ProgressBar
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PlainBeat = TimeSpan.FromSeconds(10);

    // Where another program shows the results, the line makes room for them only so often.
    private const int SharedBeats = 10;

    // For a terminal of one line after another, 80 columns wide: what "argosy: " leaves of them, less the blank that such a line does without.
    private const int PlainColumns = 80 - 7;

    /// <summary>Draws on standard error until the transfers are over, then leaves no trace.</summary>
    public static async Task ShowAsync(Progress progress, Results results, Task transfers, CancellationToken stop)
    {
        using var line = StatusLine.TryOpen();
        using var held = results.Hold(line);
        var pace = new Pace();
        var clock = Stopwatch.StartNew();
        for (var beat = 0; !transfers.IsCompleted; beat++)
        {
            var state = progress.Observe(pace, clock.Elapsed, stop.IsCancellationRequested);
            if (line is null)
                Tell(state, results, beat);
            else
                Draw(state, line, results, beat);
            await Task.WhenAny(transfers, Task.Delay(line is null ? PlainBeat : Beat));
        }
    }

    private static void Draw(ProgressState state, StatusLine line, Results results, int beat)
    {
        if (!line.IsShared)
            results.Flush();
        else if (beat % SharedBeats == 0 && results.Flush())
            return;
        line.Draw(columns => ProgressLine.Of(state, columns, line.Glyphs));
    }

    private static void Tell(ProgressState state, Results results, int beat)
    {
        if (beat > 0)
            results.Advise(ProgressLine.Of(state with { Name = "" }, PlainColumns, ProgressGlyphs.Ascii).Trim());
    }
}
