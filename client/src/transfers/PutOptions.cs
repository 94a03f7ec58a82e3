namespace Argosy.Client;

/// <summary>How to store a file. Nothing needs to be set.</summary>
public sealed record PutOptions
{
    /// <summary>False: a file that exists is left alone and the put is refused with <c>exists</c>.</summary>
    public bool Overwrite { get; init; } = true;

    /// <summary>False waives the checksum; lengths are compared even so.</summary>
    public bool Verify { get; init; } = true;

    /// <summary>The modification time to give the file; null: a local file's own, else the server's clock.</summary>
    public DateTimeOffset? Modified { get; init; }

    /// <summary>Permission bits, 0 to 0o777; null: a local file's own, else the server's choice.</summary>
    public UnixFileMode? Mode { get; init; }

    /// <summary>Told after each chunk, on whatever thread sends.</summary>
    public IProgress<TransferProgress>? Progress { get; init; }

    internal static PutOptions Default { get; } = new();
}
