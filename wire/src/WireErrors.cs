using System.Collections.Frozen;

namespace Argosy.Wire;

/// <summary>What the protocol says of each <see cref="WireError"/>: its name on the wire, and whether the connection ends with
/// it.</summary>
public static class WireErrors
{
    private static readonly (WireError Error, string Name, bool Fatal)[] Table =
    [
        (WireError.Other, "other", false),
        (WireError.BadFrame, "bad-frame", true),
        (WireError.Damaged, "damaged", true),
        (WireError.TooLarge, "too-large", true),
        (WireError.Timeout, "timeout", true),
        (WireError.TlsRequired, "tls-required", true),
        (WireError.Unsupported, "unsupported", false),
        (WireError.BadRequest, "bad-request", false),
        (WireError.LoginRequired, "login-required", false),
        (WireError.LoginFailed, "login-failed", false),
        (WireError.TooManySessions, "too-many-sessions", false),
        (WireError.Busy, "busy", true),
        (WireError.Banned, "banned", true),
        (WireError.Stopping, "stopping", true),
        (WireError.SessionEnded, "session-ended", true),
        (WireError.NotFound, "not-found", false),
        (WireError.Exists, "exists", false),
        (WireError.NotPermitted, "not-permitted", false),
        (WireError.NotAFolder, "not-a-folder", false),
        (WireError.IsAFolder, "is-a-folder", false),
        (WireError.NotEmpty, "not-empty", false),
        (WireError.BadName, "bad-name", false),
        (WireError.NotAFile, "not-a-file", false),
        (WireError.OverQuota, "over-quota", false),
        (WireError.NoSpace, "no-space", false),
        (WireError.InUse, "in-use", false),
        (WireError.Mismatch, "mismatch", false),
        (WireError.Changed, "changed", false),
        (WireError.Abandoned, "abandoned", false),
        (WireError.Storage, "storage", false),
    ];

    private static readonly FrozenDictionary<string, WireError> ByName =
        Table.ToFrozenDictionary(row => row.Name, row => row.Error);

    /// <summary>The error's name on the wire, such as <c>bad-frame</c>.</summary>
    public static string Name(this WireError error) => Table[(int)error].Name;

    /// <summary>True where the server ends the connection after this error.</summary>
    public static bool IsFatal(this WireError error) => Table[(int)error].Fatal;

    /// <summary>The error that <paramref name="name"/> stands for; <see cref="WireError.Other"/> where this version does not
    /// know it.</summary>
    public static WireError FromName(string name) => ByName.GetValueOrDefault(name, WireError.Other);
}
