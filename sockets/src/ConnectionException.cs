namespace Argosy.Sockets;

/// <summary>Why a connection or a listener failed, in terms that do not depend on the model.</summary>
public enum ConnectionError
{
    /// <summary>Anything else the system reported; the inner exception says what.</summary>
    Failed,

    /// <summary>The peer reset the connection, or it vanished while data was under way.</summary>
    Reset,

    /// <summary>We ended it: <see cref="IConnection.Abort"/>, or the server stopped.</summary>
    Aborted,

    /// <summary>Nobody listens at the address.</summary>
    Refused,

    /// <summary>The host or network cannot be reached.</summary>
    Unreachable,

    /// <summary>Another socket already listens at the address.</summary>
    AddressInUse,

    /// <summary>The address is not one of this machine's, or is malformed.</summary>
    BadAddress,

    /// <summary>The operating system's permission is missing (a port below 1024, a Unix socket's folder).</summary>
    NotPermitted,

    /// <summary>No descriptors or memory left.</summary>
    OutOfResources,

    /// <summary>The TLS handshake failed or the encrypted stream is damaged.</summary>
    Tls,
}

/// <summary>A connection or listener failed. The message says what was tried and what to do next where that is known.</summary>
public sealed class ConnectionException(ConnectionError error, string message, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>The cause.</summary>
    public ConnectionError Error { get; } = error;
}
