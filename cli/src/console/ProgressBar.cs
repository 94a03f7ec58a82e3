using Spectre.Console;

namespace Argosy.Cli.Output;

/// <summary>The bar: how much of how much, at what rate, how long still. The only user of Spectre.Console, so that it is loaded only here.</summary>
internal static class ProgressBar
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);

    /// <summary>Draws on standard error until the transfers are over, then leaves no trace.</summary>
    public static async Task ShowAsync(Progress progress, Task transfers)
    {
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (!terminal.Profile.Capabilities.Ansi)
            return;
        await terminal.Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(context => DrawAsync(context.AddTask(Markup.Escape(Describe(progress))), progress, transfers));
    }

    private static async Task DrawAsync(ProgressTask task, Progress progress, Task transfers)
    {
        while (!transfers.IsCompleted)
        {
            var total = progress.Total;
            task.IsIndeterminate = total == 0;
            task.MaxValue = Math.Max(total, 1);
            task.Value = Math.Min(progress.Bytes, task.MaxValue);
            task.Description = Markup.Escape(Describe(progress));
            await Task.WhenAny(transfers, Task.Delay(Beat));
        }
    }

    private static string Describe(Progress progress)
    {
        var rate = progress.Bytes / Math.Max(progress.Elapsed.TotalSeconds, 0.1);
        var text = $"{Sizes.Of(progress.Bytes)}  {Sizes.Of((long)rate)}/s";
        var left = progress.Total - progress.Bytes;
        return left <= 0 || rate < 1 ? text : $"{text}  {Duration(TimeSpan.FromSeconds(Math.Min(left / rate, 359_999)))} left";
    }

    private static string Duration(TimeSpan time) => time.TotalHours >= 1
        ? $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}"
        : $"{time.Minutes}:{time.Seconds:00}";
}
