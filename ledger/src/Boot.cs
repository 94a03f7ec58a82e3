namespace Argosy.Ledger;

/// <summary>Which boot of the machine this is. What was in the page cache at a crash of the machine is not to be trusted.</summary>
internal static class Boot
{
    /// <summary>The kernel's random boot id (proc(5)); elsewhere new in every process, so that every start counts afresh.</summary>
    public static Guid Id { get; } =
        OperatingSystem.IsLinux() ? Guid.Parse(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()) : Guid.NewGuid();
}
