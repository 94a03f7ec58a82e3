namespace Argosy.Sockets;

/// <summary>How a server's run ended.</summary>
public enum ServerEnd
{
    /// <summary>It was told to stop, and all that was under way has ended or met the drain's limit.</summary>
    Drained,

    /// <summary>It was told a second time, and what was under way was cut.</summary>
    Aborted,

    /// <summary>A successor serves its sockets, and those who were connected here have finished or met the drain's limit.</summary>
    HandedOver,
}
