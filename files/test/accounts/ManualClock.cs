namespace Argosy.Files.Tests;

/// <summary>A clock that the test sets, and timers that fire when it says so.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly List<(TimerCallback Callback, object? State)> _timers = [];

    public DateTimeOffset Now { get; set; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public TimeSpan Period { get; private set; }

    public override DateTimeOffset GetUtcNow() => Now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _timers.Add((callback, state));
        Period = period;
        return new Stopped();
    }

    public void Tick() => _timers.ForEach(each => each.Callback(each.State));

    private sealed class Stopped : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
