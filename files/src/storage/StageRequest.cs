namespace Argosy.Files;

/// <summary>A file to stage.</summary>
/// <param name="Path">Where it shall appear.</param>
/// <param name="Owner">The account that may find it again.</param>
/// <param name="UploadId">The client's name for it; null: it goes when it is not published.</param>
/// <param name="Length">The whole file's length where known.</param>
/// <param name="Trust">False where nothing would notice bytes that a power loss spoiled: then only those are received that are known to be what was sent.</param>
public sealed record StageRequest(RemotePath Path, string Owner, string? UploadId, long? Length, bool Trust);

/// <summary>What to do when a name is taken at the moment of publishing.</summary>
public enum OnExisting
{
    /// <summary>The old file goes.</summary>
    Replace,

    /// <summary><see cref="FileError.AlreadyExists"/>.</summary>
    Refuse,

    /// <summary>Take <c>name (2).ext</c> and so on.</summary>
    Number,
}

/// <summary>How to publish a staged file.</summary>
/// <param name="OnExisting">What to do when the name is taken.</param>
/// <param name="Modified">Modification time; null for the last write.</param>
/// <param name="Mode">Permission bits, masked by the server's umask and without set-id bits; null for the default.</param>
public sealed record Publication(OnExisting OnExisting, DateTime? Modified, int? Mode);
