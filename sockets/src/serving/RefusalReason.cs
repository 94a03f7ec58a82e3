namespace Argosy.Sockets;

/// <summary>Why a connection was closed without being served.</summary>
public enum RefusalReason
{
    /// <summary>The server already serves <see cref="StreamServerOptions.MaxConnections"/>.</summary>
    TooMany,

    /// <summary>The address already has <see cref="StreamServerOptions.MaxPerAddress"/>.</summary>
    TooManyFromAddress,

    /// <summary><see cref="StreamServerOptions.Verify"/> gave a reason.</summary>
    NotVerified,

    /// <summary>The process was at its last descriptors, which are not for clients, or had no thread left.</summary>
    NoDescriptors,

    /// <summary>The server is stopping.</summary>
    Stopping,

    /// <summary>No worker process could be started for it.</summary>
    NoWorker,

    /// <summary>The client had left, without a word, before a worker process was free for it.</summary>
    GivenUp,
}
