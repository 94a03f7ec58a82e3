using System.Collections.Concurrent;

namespace Argosy.Files;

/// <summary>Which disks are memory (tmpfs, ramfs): reading from them waits for nothing.</summary>
internal static class MemoryDisks
{
    private const long TemporaryMagic = 0x01021994, RamMagic = 0x858458f6; // statfs(2)

    private static readonly ConcurrentDictionary<(uint Major, uint Minor), bool> Known = new();

    /// <summary>Whether the file's disk is one.</summary>
    public static bool Contain(int descriptor, in Status status) => Known.GetOrAdd(
        (status.DeviceMajor, status.DeviceMinor), static (_, descriptor) => Kernel.DiskKind(descriptor) is TemporaryMagic or RamMagic, descriptor);
}
