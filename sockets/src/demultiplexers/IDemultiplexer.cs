namespace Argosy.Sockets;

/// <summary>
/// Asks the kernel which of many descriptors are ready. One thread at a time uses it. A descriptor must be removed before it is
/// closed: the kernel would otherwise go on reporting it while a duplicate lives, or report whatever got its number next.
/// </summary>
internal interface IDemultiplexer : IDisposable
{
    /// <summary>True when readiness is told once, as it begins, and false when it is told for as long as it lasts.</summary>
    bool IsEdgeTriggered { get; }

    /// <summary>Whether a descriptor of this number can be watched at all.</summary>
    bool CanWatch(int descriptor);

    /// <summary>Begins to watch a descriptor. Errors and hang-ups are told whatever is asked.</summary>
    /// <param name="descriptor">An open descriptor that is not being watched here.</param>
    /// <param name="events">What to wait for.</param>
    /// <param name="tag">What <see cref="Wait"/> tells of it.</param>
    /// <exception cref="ConnectionException">It cannot be watched: the message says why.</exception>
    void Add(int descriptor, PollEvents events, ulong tag);

    /// <summary>Waits for something else on a watched descriptor.</summary>
    void Change(int descriptor, PollEvents events, ulong tag);

    /// <summary>Stops watching a descriptor; one that is not watched is left alone.</summary>
    void Remove(int descriptor);

    /// <summary>
    /// Waits until something is ready, at most so many milliseconds (-1: for ever). A signal may end it early with nothing. What it
    /// returns is valid until the next wait; descriptors removed meanwhile may still be in it.
    /// </summary>
    ReadOnlySpan<Readiness> Wait(int milliseconds);
}

/// <summary>What a demultiplexer tells of one descriptor.</summary>
internal readonly record struct Readiness(ulong Tag, PollEvents Events);
