namespace Argosy.Sockets;

/// <summary>How long to wait between tries: longer each time, up to a limit, and never the same for all, so that clients of a server that
/// comes back do not come all at once.</summary>
public sealed record BackOff
{
    /// <summary>The wait after the first failure.</summary>
    public TimeSpan Initial { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait.</summary>
    public TimeSpan Max { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many times as long each wait is as the one before; at least 1.</summary>
    public double Factor { get; init; } = 2;

    /// <summary>The part of each wait that chance decides, from 0 to 1: 0.2 makes 10 seconds any time from 9 to 11.</summary>
    public double Jitter { get; init; } = 0.2;

    /// <summary>How many failures in a row end it; null: none.</summary>
    public int? MaxFailures { get; init; }

    /// <summary>The wait after so many failures in a row.</summary>
    /// <param name="failures">At least 1.</param>
    /// <param name="chance">From 0 to 1: <c>Random.Shared.NextDouble()</c>.</param>
    public TimeSpan Delay(int failures, double chance)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        var seconds = Math.Min(Initial.TotalSeconds * Math.Pow(Factor, failures - 1), Max.TotalSeconds); // infinity is cut off too
        return TimeSpan.FromSeconds(seconds * (1 + (Jitter * (chance - 0.5))));
    }
}
