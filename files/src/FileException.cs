namespace Argosy.Files;

/// <summary>Everything that can go wrong with an account or a file, in words that belong to no protocol. Each front end
/// has one table that turns these into its replies.</summary>
public enum FileError
{
    /// <summary>There is nothing at that path.</summary>
    NotFound,

    /// <summary>Something is already there and may not be replaced.</summary>
    AlreadyExists,

    /// <summary>The account lacks a permission, or the operating system refuses.</summary>
    NotPermitted,

    /// <summary>A component of the path, or the target, is not a folder.</summary>
    NotAFolder,

    /// <summary>A file was needed and the target is a folder.</summary>
    IsAFolder,

    /// <summary>The folder has entries.</summary>
    NotEmpty,

    /// <summary>The name is empty, too long, holds a NUL, or leaves the home.</summary>
    BadName,

    /// <summary>A device, FIFO or socket: listed, never opened.</summary>
    NotAFile,

    /// <summary>The account's byte or file quota would be exceeded.</summary>
    OverQuota,

    /// <summary>The disk is full or below the configured reserve.</summary>
    NoSpace,

    /// <summary>Another session uses this unfinished upload.</summary>
    InUse,

    /// <summary>The content does not match its checksum; nothing was published.</summary>
    Mismatch,

    /// <summary>The file became another version while it was read: what was read is worth nothing.</summary>
    Changed,

    /// <summary>Unknown name or wrong password: one error for both.</summary>
    LoginFailed,

    /// <summary>The account has as many sessions as it may have.</summary>
    TooManySessions,

    /// <summary>The account was removed, disabled or re-passworded while the session ran.</summary>
    SessionEnded,

    /// <summary>The storage behind the home cannot do this.</summary>
    NotSupported,

    /// <summary>The disk failed, or the home vanished.</summary>
    Storage,
}

/// <summary>A refused or failed operation. The message is for the user and never names a path outside the home.</summary>
public sealed class FileException(FileError error, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The operating system's number for it, where it was the system that refused or failed: the operator should hear of it.</summary>
    public int? SystemError { get; init; }

    /// <summary>The cause.</summary>
    public FileError Error { get; } = error;
}
