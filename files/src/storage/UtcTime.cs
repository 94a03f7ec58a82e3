namespace Argosy.Files;

/// <summary>Times as this room takes them.</summary>
internal static class UtcTime
{
    /// <summary>The moment that is meant: what says of no zone is UTC, as every time that this room gives (ToUniversalTime would take it for this machine's).</summary>
    public static DateTime Of(DateTime time) =>
        time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : DateTime.SpecifyKind(time, DateTimeKind.Utc);
}
