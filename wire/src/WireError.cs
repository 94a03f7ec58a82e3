namespace Argosy.Wire;

/// <summary>The errors of the native protocol (docs/protocol.md section 5).</summary>
public enum WireError
{
    /// <summary>A name this version does not know, from a newer peer; see <see cref="Reply.ErrorName"/>. Never sent.</summary>
    Other,

    /// <summary>Not a header as the protocol defines it; fatal.</summary>
    BadFrame,

    /// <summary>A seal is wrong or missing; fatal.</summary>
    Damaged,

    /// <summary>A header over the cap; fatal.</summary>
    TooLarge,

    /// <summary>A frame or body stood still, or no login in time; fatal.</summary>
    Timeout,

    /// <summary>Plain connections are not allowed; fatal.</summary>
    TlsRequired,

    /// <summary>The peer does not know that command, version, mechanism or algorithm.</summary>
    Unsupported,

    /// <summary>A value is missing or has the wrong type.</summary>
    BadRequest,

    /// <summary>The command needs a login.</summary>
    LoginRequired,

    /// <summary>Unknown name or wrong password.</summary>
    LoginFailed,

    /// <summary>The account's limit of sessions is reached.</summary>
    TooManySessions,

    /// <summary>The server has too many connections; fatal.</summary>
    Busy,

    /// <summary>Too many logins from the client's address failed: it is refused for a while; fatal.</summary>
    Banned,

    /// <summary>The server is going down; fatal.</summary>
    Stopping,

    /// <summary>The account was changed or removed; fatal.</summary>
    SessionEnded,

    /// <summary>No such file or folder.</summary>
    NotFound,

    /// <summary>The name is taken.</summary>
    Exists,

    /// <summary>The account may not do that.</summary>
    NotPermitted,

    /// <summary>A folder was needed.</summary>
    NotAFolder,

    /// <summary>A folder was met where none may be.</summary>
    IsAFolder,

    /// <summary>The folder has entries.</summary>
    NotEmpty,

    /// <summary>The name cannot be a file's name.</summary>
    BadName,

    /// <summary>Neither a file nor something that can be read as one.</summary>
    NotAFile,

    /// <summary>The account's quota is used up.</summary>
    OverQuota,

    /// <summary>The disk is full.</summary>
    NoSpace,

    /// <summary>Another session works on that upload.</summary>
    InUse,

    /// <summary>A checksum or length is wrong; nothing was published.</summary>
    Mismatch,

    /// <summary>The file became another version while it was read: what came is worth nothing, ask for it again.</summary>
    Changed,

    /// <summary>The client abandoned the body; nothing was published.</summary>
    Abandoned,

    /// <summary>The disk failed, or the home vanished.</summary>
    Storage,
}
