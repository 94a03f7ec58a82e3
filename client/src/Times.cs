using Argosy.Wire;

namespace Argosy.Client;

/// <summary>
/// Times as the wire has them: whole microseconds since 1970 (docs/protocol.md section 1.4). Disks know times further away (before 1684, after
/// 2255) than its numbers can say; these stand at their ends, as on the server.
/// </summary>
internal static class Times
{
    public static DateTimeOffset? FromWire(long? microseconds) =>
        microseconds is { } value ? DateTimeOffset.UnixEpoch.AddTicks(value * TimeSpan.TicksPerMicrosecond) : null;

    // Rounded down, before 1970 too, so that a time that is sent back compares equal.
    public static long? ToWire(DateTimeOffset? time)
    {
        if (time is not { } value)
            return null;
        var (microseconds, rest) = Math.DivRem((value - DateTimeOffset.UnixEpoch).Ticks, TimeSpan.TicksPerMicrosecond);
        return Math.Clamp(rest < 0 ? microseconds - 1 : microseconds, -Limits.Number, Limits.Number);
    }

    /// <summary>True where the wire cannot tell one from the other.</summary>
    public static bool AreSame(DateTimeOffset one, DateTimeOffset other) => ToWire(one) == ToWire(other);
}
