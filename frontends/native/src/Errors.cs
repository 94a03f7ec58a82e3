using Argosy.Wire;

namespace Argosy.Native;

/// <summary>Error replies (docs/protocol.md section 2).</summary>
internal static class Errors
{
    /// <summary>The reply that names an error and says it for people.</summary>
    public static Reply Reply(long? id, WireError error, string message) => new()
    {
        Id = id,
        Status = ReplyStatus.Error,
        Error = error,
        Message = message,
    };
}
