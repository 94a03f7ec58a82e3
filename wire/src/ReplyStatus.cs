namespace Argosy.Wire;

/// <summary>How a request ended (<c>status</c>).</summary>
public enum ReplyStatus
{
    /// <summary>Done.</summary>
    Ok,

    /// <summary>Login needs another step.</summary>
    Continue,

    /// <summary>Refused or failed; <see cref="Reply.Error"/> says why.</summary>
    Error,
}
