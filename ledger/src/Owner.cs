using System.Globalization;
using System.Runtime.InteropServices;

namespace Argosy.Ledger;

/// <summary>A process, told apart from later ones with the same number by its start time (clock ticks since boot).</summary>
internal readonly record struct Owner(int Pid, ulong Started)
{
    /// <summary>This process.</summary>
    public static Owner Self { get; } = new(Environment.ProcessId, ReadStat(Environment.ProcessId)?.Started ?? 0);

    /// <summary>False once the process has ended, reaped or not.</summary>
    public bool IsAlive()
    {
        if (this == Self) return true;
        if (!OperatingSystem.IsLinux()) return false;

        if (ReadStat(Pid) is { } stat) return stat.Started == Started && stat.Runs;

        // With hidepid (proc(5)) a living process of another user looks absent: only ESRCH proves that it is gone.
        return Native.Kill(Pid, 0) == 0 || Marshal.GetLastPInvokeError() != Native.ESRCH;
    }

    /// <summary>Fields 3 (state), 20 (threads) and 22 (start time) of /proc/PID/stat; null where there is no such process.</summary>
    private static (bool Runs, ulong Started)? ReadStat(int pid)
    {
        if (!OperatingSystem.IsLinux()) return null;

        string text;
        try
        {
            text = File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        // Field 2, the command, is in parentheses and may itself hold spaces and parentheses: count from the last one.
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        var ended = fields[0] is "Z" or "X" or "x";
        var threads = int.Parse(fields[17], CultureInfo.InvariantCulture);
        return (!ended || threads > 1, ulong.Parse(fields[19], CultureInfo.InvariantCulture));
    }
}
