using System.Runtime.InteropServices;

namespace Argosy.Bench;

/// <summary>Where a run took place.</summary>
/// <param name="Processor">The processor's name.</param>
/// <param name="Cores">How many of its cores this process may use.</param>
/// <param name="MemoryBytes">Memory of the machine, or what this process may use of it.</param>
/// <param name="System">The operating system.</param>
/// <param name="Runtime">The .NET runtime.</param>
public sealed record Machine(string Processor, int Cores, long MemoryBytes, string System, string Runtime)
{
    /// <summary>This machine.</summary>
    public static Machine This() => new(
        ProcessorName(), Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription);

    /// <summary>As one line.</summary>
    public override string ToString() => $"{Processor}, {Cores} cores, {MemoryBytes >> 30} GiB, {System}, {Runtime}";

    private static string ProcessorName()
    {
        const string key = "model name";
        try
        {
            return File.ReadLines("/proc/cpuinfo").First(line => line.StartsWith(key, StringComparison.Ordinal)).Split(':', 2)[1].Trim();
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or UnauthorizedAccessException)
        {
            return RuntimeInformation.ProcessArchitecture.ToString();
        }
    }
}
