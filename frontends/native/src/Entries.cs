using Argosy.Files;
using Argosy.Wire;

namespace Argosy.Native;

/// <summary>Entries and paths of a home in the words of the wire (docs/protocol.md sections 1.3, 1.4 and 4).</summary>
internal static class Entries
{
    /// <summary>What stands at a path, as a reply's keys.</summary>
    public static Reply Reply(long? id, FileEntry entry, RemotePath? path = null) => new()
    {
        Id = id,
        Path = path?.ToWire(),
        Type = TypeOf(entry.Kind),
        Size = entry.Size,
        MTime = ToMicroseconds(entry.Modified),
        Mode = entry.Mode,
        Target = entry.LinkTarget?.ToArray(),
        Revision = entry.Revision,
    };

    /// <summary>The kind's word on the wire.</summary>
    public static EntryType TypeOf(EntryKind kind) => kind switch
    {
        EntryKind.File => EntryType.File,
        EntryKind.Folder => EntryType.Folder,
        EntryKind.Link => EntryType.Link,
        _ => EntryType.Other,
    };

    /// <summary>The path's bytes from the home, with the leading slash.</summary>
    public static byte[] ToWire(this RemotePath path) => [(byte)'/', .. path.Bytes.Span];

    /// <summary>Whole microseconds since 1970, rounded down, so that times before it keep their order; disks know times further away
    /// (before 1684, after 2255) than the wire's numbers can say, and these stand at their ends.</summary>
    public static long ToMicroseconds(DateTime time)
    {
        (long quotient, long rest) = Math.DivRem((time - DateTime.UnixEpoch).Ticks, TimeSpan.TicksPerMicrosecond);
        return Math.Clamp(rest < 0 ? quotient - 1 : quotient, -Limits.Number, Limits.Number);
    }

    /// <summary>The time of so many microseconds since 1970; every number that the wire carries fits.</summary>
    public static DateTime FromMicroseconds(long microseconds) => DateTime.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
