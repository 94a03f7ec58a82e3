using System.Text;

namespace Argosy.Files;

/// <summary>What is mounted where, as this thread sees it (proc_pid_mountinfo(5)).</summary>
internal static class Mounts
{
    private const int PointAt = 4;

    /// <summary>True where a disk is mounted on a folder or somewhere in it.</summary>
    public static bool Any(ReadOnlySpan<byte> folder)
    {
        // One character a byte: paths are bytes.
        var place = Encoding.Latin1.GetString(folder);
        foreach (var line in File.ReadLines("/proc/thread-self/mountinfo", Encoding.Latin1))
        {
            var point = Unescaped(line.Split(' ')[PointAt]);
            if (point.StartsWith(place, StringComparison.Ordinal) && (point.Length == place.Length || point[place.Length] == '/'))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Space, tab, newline and backslash stand as <c>\ooo</c>.</summary>
    private static string Unescaped(string text)
    {
        var at = text.IndexOf('\\', StringComparison.Ordinal);
        if (at < 0 || at + 3 >= text.Length)
        {
            return text;
        }

        var value = ((text[at + 1] - '0') << 6) | ((text[at + 2] - '0') << 3) | (text[at + 3] - '0');
        return text[..at] + (char)value + Unescaped(text[(at + 4)..]);
    }
}
