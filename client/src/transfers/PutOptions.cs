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

    /// <summary>
    /// True: a file that the server has already, byte for byte by checksum, is not sent; its time is put right. For local files, and where
    /// <see cref="Overwrite"/> is true.
    /// </summary>
    public bool SkipIdentical { get; init; }

    /// <summary>
    /// Where to remember an upload that is cut, so that the same call goes on with it; null: such an upload begins again. For local
    /// files from 2 MiB on.
    /// </summary>
    public UnfinishedTransfers? Resume { get; init; }

    /// <summary>Told after each chunk that is compared or sent, on whatever thread does it.</summary>
    public IProgress<TransferProgress>? Progress { get; init; }

    /// <summary>The upload's name, by which it can be continued.</summary>
    internal string? Upload { get; init; }

    /// <summary>Bytes of that upload that the server has.</summary>
    internal long Offset { get; init; }

    /// <summary>Asked once all bytes were read: false where they may belong to two versions.</summary>
    internal Func<bool>? IsUnchanged { get; init; }

    /// <summary>True where many others like it go the same way, so that small ones may share requests.</summary>
    internal bool IsOneOfMany { get; init; }

    internal static PutOptions Default { get; } = new();
}
