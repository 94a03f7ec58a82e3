namespace Argosy.Sockets;

/// <summary>Which call of the system a <see cref="Selector"/> waits with.</summary>
public enum SelectorKind
{
    /// <summary>The best that there is, as Python's DefaultSelector: <see cref="Epoll"/>.</summary>
    Best,

    /// <summary>select(2), as SelectSelector: descriptors below 1,024 only.</summary>
    Select,

    /// <summary>poll(2), as PollSelector: any descriptor; every call costs in proportion to all that are registered.</summary>
    Poll,

    /// <summary>epoll(7), as EpollSelector: a call costs in proportion to what is ready.</summary>
    Epoll,

    /// <summary>
    /// epoll(7), edge-triggered, which Python's module does not offer: readiness is reported once, as it begins. Read and write until
    /// the system says "not now", or nothing more is ever reported.
    /// </summary>
    EpollEdgeTriggered,
}
