namespace Argosy.Client;

/// <summary>What has to be known to go on with a transfer.</summary>
internal sealed record UnfinishedState
{
    /// <summary>The upload's id; null for downloads.</summary>
    public string? Upload { get; init; }

    /// <summary>
    /// Which version of the source all of the bytes on the other side belong to: <see cref="FileFacts.Stamp"/> of a local file, the server's
    /// revision of a remote one. Null while that is not certain: then blocks are compared.
    /// </summary>
    public string? Version { get; init; }

    /// <summary>The whole file's bytes.</summary>
    public long Size { get; init; }

    /// <summary>When the machine was started that wrote this. After another start, local bytes may have been lost with the power.</summary>
    public string? Boot { get; init; } = ThisBoot;

    public static string? ThisBoot { get; } = File.Exists("/proc/sys/kernel/random/boot_id")
        ? File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()
        : null;
}
