using System.Runtime.InteropServices;

namespace Argosy.Benchmarks.BufferedIo;

/// <summary>What was measured on.</summary>
internal static class Machine
{
    internal static string Describe() =>
        $"{Processor()}, {Environment.ProcessorCount} cores; {RuntimeInformation.OSDescription.Trim()}; {RuntimeInformation.FrameworkDescription}";

    /// <summary>How many wanted to run, on average over the last minute: above the number of cores, nothing measured here is worth much.</summary>
    internal static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    internal static string FileSystemOf(string folder)
    {
        var full = Path.GetFullPath(folder);
        return DriveInfo.GetDrives()
            .Where(drive => full.StartsWith(drive.RootDirectory.FullName, StringComparison.Ordinal))
            .MaxBy(drive => drive.RootDirectory.FullName.Length)?.DriveFormat ?? "unknown";
    }

    private static string Processor()
    {
        const string key = "model name";
        var line = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal)) : null;
        return line is null ? $"{RuntimeInformation.ProcessArchitecture}" : line[(line.IndexOf(':') + 1)..].Trim();
    }
}
