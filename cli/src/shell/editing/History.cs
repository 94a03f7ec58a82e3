using System.Text;

namespace Argosy.Cli.Shell.Editing;

/// <summary>
/// Lines that were entered, kept between runs in a file that only its owner can read. Any number of shells may use it at once: each adds its lines
/// under a lock, and none removes another's but the oldest of all.
/// </summary>
/// <param name="path">The file; made with its first line. Null: lines are kept for this run alone.</param>
internal sealed class History(string? path)
{
    /// <summary>So many are kept; the file may have twice as many for a while.</summary>
    public const int Most = 1000;

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private readonly List<string> _lines = [.. ReadLines(path).TakeLast(Most)];

    /// <summary>The user's own: <c>$XDG_STATE_HOME/argosy/history</c>, beside what is remembered of transfers.</summary>
    public static History Default => new(Client.UserFolders.State is { } state ? Path.Combine(state, "history") : null);

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Keeps a line, unless it begins with a space, or repeats the one before.</summary>
    public void Add(string line)
    {
        if (line.Length == 0 || line[0] == ' ' || line.Contains('\n') || (_lines.Count > 0 && _lines[^1] == line))
            return;
        _lines.Add(line);
        try
        {
            if (path is not null)
                Append(path, line);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A disk that is full, a folder that is not ours: the shell works without it.
        }
    }

    private static string[] ReadLines(string? path)
    {
        try
        {
            return path is null ? [] : File.ReadAllLines(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static void Append(string path, string line)
    {
        MakeFolder(Path.GetDirectoryName(path)!);
        using var guard = Lock(path);
        if (guard is null)
            return;
        var lines = ReadLines(path);
        if (lines.Length >= 2 * Most)
            Replace(path, [.. lines.TakeLast(Most - 1), line]);
        else
            Write(path, FileMode.OpenOrCreate, [line]);
    }

    private static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, Private | UnixFileMode.UserExecute);
    }

    // FileShare.None is flock(2), which ends with its holder.
    private static FileStream? Lock(string path)
    {
        var giveUp = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (true)
        {
            try
            {
                return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (Environment.TickCount64 < giveUp)
            {
                Thread.Sleep(5);
            }
            catch (IOException)
            {
                return null;
            }
        }
    }

    private static void Replace(string path, string[] lines)
    {
        var fresh = $"{path}.{Guid.NewGuid():N}";
        Write(fresh, FileMode.CreateNew, lines);
        File.Move(fresh, path, overwrite: true);
    }

    private static void Write(string file, FileMode mode, string[] lines)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Private;
        using var stream = new FileStream(file, options);
        // One that somebody made with other permissions becomes private too.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(stream.SafeFileHandle, Private);
        stream.Seek(0, SeekOrigin.End);
        stream.Write(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
    }
}
