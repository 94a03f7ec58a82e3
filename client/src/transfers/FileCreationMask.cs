using System.Globalization;

namespace Argosy.Client;

/// <summary>The process's umask, read where reading it does not change it (proc_pid_status(5)); 0o077 where it cannot be known.</summary>
internal static class FileCreationMask
{
    private const string Field = "Umask:";

    public static UnixFileMode Value { get; } = Read();

    private static UnixFileMode Read()
    {
        const UnixFileMode cautious = (UnixFileMode)0b000_111_111;
        if (!OperatingSystem.IsLinux())
            return cautious;
        if (FindLine() is not { } line)
            return cautious;
        var mask = 0;
        foreach (var digit in line.AsSpan(Field.Length).Trim())
            mask = (mask * 8) + int.Parse([digit], NumberStyles.None, CultureInfo.InvariantCulture);
        return (UnixFileMode)mask;
    }

    private static string? FindLine()
    {
        try
        {
            return File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
