using System.Runtime.InteropServices;

namespace Argosy.Cli.Output;

/// <summary>
/// Times where the user is, as the system's own programs show them. The base library knows a zone by its name alone; <c>TZ</c> may also say the rules
/// themselves (POSIX.1-2024, Base Definitions 8.3: <c>JST-9</c>), which it takes for UTC without a word.
/// </summary>
internal static partial class LocalTime
{
    // struct tm: nine ints, padding, tm_gmtoff (seconds east of UTC) and a name; larger nowhere.
    private const int Room = 128;
    private const int Offset = 40;

    /// <summary>The same moment, by the clock on the user's wall.</summary>
    public static DateTimeOffset Of(DateTimeOffset time)
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
            return time.ToLocalTime();
        var seconds = (long)Math.Floor((time - DateTimeOffset.UnixEpoch).TotalSeconds);
        var parts = new byte[Room];
        return BreakDown(ref seconds, parts) == 0
            ? time.ToUniversalTime()
            : Shift(time, TimeSpan.FromSeconds(MemoryMarshal.Read<long>(parts.AsSpan(Offset))));
    }

    // Of offsets only whole minutes can be told; before zones were agreed upon, clocks followed the sun to the second.
    private static DateTimeOffset Shift(DateTimeOffset time, TimeSpan offset)
    {
        var minutes = TimeSpan.FromMinutes(Math.Truncate(offset.TotalMinutes));
        try
        {
            return new DateTimeOffset((time.UtcDateTime + offset).Ticks, minutes);
        }
        catch (ArgumentOutOfRangeException)
        {
            return time.ToUniversalTime();
        }
    }

    [LibraryImport("libc", EntryPoint = "localtime_r")]
    private static partial nint BreakDown(ref long seconds, [Out] byte[] parts);
}
