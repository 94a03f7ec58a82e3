namespace Argosy.Kernel;

/// <summary>How far a step of a session got.</summary>
public enum TlsStep
{
    /// <summary>It is done.</summary>
    Done,

    /// <summary>It goes on when something has arrived.</summary>
    WantRead,

    /// <summary>It goes on when there is room to send.</summary>
    WantWrite,

    /// <summary>It goes on when the server's certificate was chosen: <see cref="TlsEngine.Choose"/>.</summary>
    WantChoice,

    /// <summary>It goes on when the peer's certificate was judged: <see cref="TlsEngine.Judge"/>.</summary>
    WantJudgement,

    /// <summary>The peer said that it had finished (close_notify).</summary>
    Closed,

    /// <summary>The transport ended and the peer had not said that it would.</summary>
    Ended,

    /// <summary>TLS went wrong: <see cref="TlsEngine.Error"/> says how.</summary>
    Failed,

    /// <summary>The transport failed: <see cref="TlsEngine.Errno"/> says how.</summary>
    TransportFailed,
}
