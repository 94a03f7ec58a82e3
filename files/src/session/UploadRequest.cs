namespace Argosy.Files;

/// <summary>What a client wants to upload.</summary>
public sealed record UploadRequest
{
    /// <summary>Where it shall appear.</summary>
    public required RemotePath Path { get; init; }

    /// <summary>The whole file's length where it is known: quota is reserved at once.</summary>
    public long? Length { get; init; }

    /// <summary>False refuses when the name exists.</summary>
    public bool Overwrite { get; init; } = true;

    /// <summary>True begins with the bytes of the file that is there (none: an empty one); the result replaces it as any upload does.</summary>
    public bool Append { get; init; }

    /// <summary>Made by the client to find the upload again, at most 255 characters; null: it ends with the connection.</summary>
    public string? UploadId { get; init; }

    /// <summary>True refuses with <see cref="FileError.NotFound"/> where nothing was received yet under <see cref="UploadId"/>. It is for looking at what was
    /// received and replacing parts of it: <see cref="Upload.Offset"/> is all of it then, <see cref="Upload.Trusted"/> or not.</summary>
    public bool MustExist { get; init; }

    /// <summary>Checksums to compute while the bytes pass, so that <see cref="Upload.CommitAsync"/> can compare them. None lets the kernel move them.</summary>
    public IReadOnlyList<ChecksumAlgorithm> Checks { get; init; } = [];
}
