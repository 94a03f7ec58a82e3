using Microsoft.Extensions.Logging;

namespace Argosy.Sockets;

/// <summary>When the next service action is due. Whoever accepts asks it; one at a time.</summary>
internal sealed class ServiceSchedule(ServiceActions actions, ILogger logger)
{
    private Deadline _next = Deadline.After(actions.Interval);

    /// <summary>Until the next one is due; zero when it is.</summary>
    internal TimeSpan TimeLeft => _next.Remaining;

    /// <summary>The same on the clock of a loop's timers.</summary>
    internal long Moment => _next.Moment;

    /// <summary>Runs it to its end on the calling thread, if it is due. Never throws.</summary>
    internal void RunIfDue()
    {
        if (_next.HasPassed) ThreadPump.Run(static schedule => schedule.RunAsync(), this);
    }

    /// <summary>Runs it again and again, for a model that has no thread of its own to accept on.</summary>
    internal async Task RunUntilAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(_next.MillisecondsLeft, stop).ContinueWith(static _ => { }, TaskScheduler.Default); // cancelled: the loop ends
            if (!stop.IsCancellationRequested) await RunAsync();
        }
    }

    /// <summary>Runs it. Never throws.</summary>
    internal async ValueTask RunAsync()
    {
        try
        {
            await actions.Run();
        }
        catch (Exception e)
        {
            Log.ServiceActionFailed(logger, e);
        }

        _next = Deadline.After(actions.Interval);
    }
}
