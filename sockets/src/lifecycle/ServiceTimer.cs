namespace Argosy.Sockets;

/// <summary>Service actions on the loop that accepts.</summary>
internal sealed class ServiceTimer(EventLoop loop, ServiceSchedule service, CancellationToken stop) : LoopTimer
{
    /// <summary>Any thread.</summary>
    internal void Begin() => loop.Post(static timer => ((ServiceTimer)timer!).Schedule(), this);

    internal override async void OnDue()
    {
        if (stop.IsCancellationRequested) return;
        loop.MoveIn(); // an action that awaits something is waited for
        await service.RunAsync(); // never throws
        Schedule();
        loop.MoveOut();
    }

    private void Schedule()
    {
        if (!stop.IsCancellationRequested) loop.Timers.Schedule(this, service.Moment);
    }
}
