namespace Argosy.Client;

/// <summary>
/// Notices that this process, or its machine, stood still (SIGSTOP, sleep): looks at the clock at even intervals, and one look comes far too late.
/// </summary>
/// <param name="clock">The clock.</param>
/// <param name="interval">How often it looks.</param>
internal sealed class PauseDetector(TimeProvider clock, TimeSpan interval)
{
    // A busy machine is late too.
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(5);

    // What was lost in a pause is found out about soon after it.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private readonly Lock _gate = new();
    private long _last = clock.GetTimestamp();
    private long? _noticed;

    /// <summary>True while a pause was not long ago.</summary>
    public bool HasPaused
    {
        get
        {
            lock (_gate)
                return _noticed is { } moment && clock.GetElapsedTime(moment) < Soon;
        }
    }

    /// <summary>Looks at the clock.</summary>
    /// <returns>For how long nothing ran; zero where it was not long enough to be noticed.</returns>
    public TimeSpan Look()
    {
        lock (_gate)
        {
            var passed = clock.GetElapsedTime(_last);
            _last = clock.GetTimestamp();
            if (passed < (2 * interval) + Late)
                return TimeSpan.Zero;
            _noticed = _last;
            return passed - interval;
        }
    }
}
