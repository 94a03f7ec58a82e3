using System.Collections.Frozen;
using Argosy.Files;
using Argosy.Wire;

namespace Argosy.Native;

/// <summary>The one place where what can go wrong with files gets its name in this protocol (docs/protocol.md section 5).</summary>
internal static class ErrorTable
{
    private static readonly FrozenDictionary<FileError, WireError> Table = new Dictionary<FileError, WireError>
    {
        [FileError.NotFound] = WireError.NotFound,
        [FileError.AlreadyExists] = WireError.Exists,
        [FileError.NotPermitted] = WireError.NotPermitted,
        [FileError.NotAFolder] = WireError.NotAFolder,
        [FileError.IsAFolder] = WireError.IsAFolder,
        [FileError.NotEmpty] = WireError.NotEmpty,
        [FileError.BadName] = WireError.BadName,
        [FileError.NotAFile] = WireError.NotAFile,
        [FileError.OverQuota] = WireError.OverQuota,
        [FileError.NoSpace] = WireError.NoSpace,
        [FileError.InUse] = WireError.InUse,
        [FileError.Mismatch] = WireError.Mismatch,
        [FileError.Changed] = WireError.Changed,
        [FileError.LoginFailed] = WireError.LoginFailed,
        [FileError.TooManySessions] = WireError.TooManySessions,
        [FileError.SessionEnded] = WireError.SessionEnded,
        [FileError.NotSupported] = WireError.Unsupported,
        [FileError.Storage] = WireError.Storage,
    }.ToFrozenDictionary();

    /// <summary>The name of <paramref name="error"/> on the wire.</summary>
    public static WireError Of(FileError error) => Table[error];
}
