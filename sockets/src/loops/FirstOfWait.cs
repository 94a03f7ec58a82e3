using System.Threading.Tasks.Sources;

namespace Argosy.Sockets;

/// <summary>One wait until the first of several descriptors can be read, or the deadline has passed. Only on their loop.</summary>
internal sealed class FirstOfWait(EventLoop loop, DescriptorWatch[] watches) : LoopTimer, IValueTaskSource
{
    private InlineCompletion<Nothing> _completion;
    private bool _isOver;

    internal ValueTask WaitAsync(Deadline deadline)
    {
        try
        {
            foreach (var watch in watches)
            {
                watch.Reading.Common = this;
                if (!watch.TryArm(PollEvents.Read)) loop.Post(static wait => ((FirstOfWait)wait!).Wake(), this);
            }
        }
        catch
        {
            Leave();
            throw;
        }

        if (!deadline.IsNever) loop.Timers.Schedule(this, deadline.Moment);
        return new ValueTask(this, _completion.Version);
    }

    internal void Wake()
    {
        if (_isOver) return;
        _isOver = true;
        Leave();
        _completion.SetResult(default);
    }

    /// <summary>Ends the wait, on the loop. Any thread.</summary>
    internal void WakeFromAfar() => loop.Post(static wait => ((FirstOfWait)wait!).Wake(), this);

    internal override void OnDue() => Wake();

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _completion.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _completion.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.GetResult(short token) => _completion.GetResult(token);

    private void Leave()
    {
        loop.Timers.Remove(this);
        foreach (var watch in watches) watch.Reading.Common = null;
    }
}
