using System.Text;

namespace Argosy.Files;

/// <summary>What tells one version of a small file from the next without reading it.</summary>
/// <param name="Exists">Whether there is a file.</param>
/// <param name="Inode">A file that replaces another has its own: that is told at once.</param>
/// <param name="Modified">Its modification time, UTC.</param>
/// <param name="Changed">When its content, owner or mode were changed, in nanoseconds; nobody can set that back.</param>
/// <param name="Length">Its bytes.</param>
internal readonly record struct FileStamp(bool Exists, ulong Inode, DateTime Modified, Int128 Changed, long Length)
{
    // A file system's clock ticks in milliseconds (seconds, on some): within one tick a file that is written in place may bear the same times.
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(2);

    /// <summary>False while another version could bear the same stamp: then the content decides.</summary>
    internal bool IsSettledAt(DateTime now) => !Exists || (now - Modified).Duration() > Tick;

    /// <summary>Links are followed.</summary>
    internal static FileStamp Of(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            return Kernel.Stat(Kernel.AtWorkingFolder, [.. Encoding.UTF8.GetBytes(path), 0], 0, out var status) >= 0
                ? new FileStamp(true, status.Inode, status.Written.Time, ((Int128)status.Changed.Seconds * 1_000_000_000) + status.Changed.Nanoseconds, status.Length)
                : default;
        }

        var file = new FileInfo(path);
        return file.Exists ? new FileStamp(true, 0, file.LastWriteTimeUtc, 0, file.Length) : default;
    }
}
