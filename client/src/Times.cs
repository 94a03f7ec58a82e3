namespace Argosy.Client;

/// <summary>Times as the wire has them: whole microseconds since 1970 (docs/protocol.md section 1.4).</summary>
internal static class Times
{
    public static DateTimeOffset? FromWire(long? microseconds) =>
        microseconds is { } value ? DateTimeOffset.UnixEpoch.AddTicks(value * TimeSpan.TicksPerMicrosecond) : null;

    // Rounded down, before 1970 too, so that a time that is sent back compares equal.
    public static long? ToWire(DateTimeOffset? time) =>
        time is { } value ? (long)Math.Floor((value - DateTimeOffset.UnixEpoch).Ticks / (decimal)TimeSpan.TicksPerMicrosecond) : null;
}
