namespace Argosy.Sockets;

/// <summary>What a message on a worker's channel means. Its first byte; the payload follows.</summary>
internal enum WorkerMessageKind : byte
{
    /// <summary>No message: the other side has closed the channel, or died.</summary>
    Closed = 0,

    // To the worker.

    /// <summary>What the worker is for (<see cref="WorkerTask"/>), with the descriptors that it needs.</summary>
    Task = 1,

    /// <summary>A part of the program's configuration, whose length the task tells.</summary>
    Configuration = 2,

    /// <summary>A connection to serve (<see cref="HandOver"/>), with its descriptor.</summary>
    Connection = 3,

    /// <summary>Accept no more; answer with <see cref="Stopped"/>.</summary>
    StopAccepting = 4,

    /// <summary>Tell the handlers to finish, and leave when they have.</summary>
    Drain = 5,

    /// <summary>End what is being served at once, and leave.</summary>
    Abort = 6,

    /// <summary>The program's own message.</summary>
    Message = 7,

    // To the parent.

    /// <summary>Ready to serve.</summary>
    Ready = 64,

    /// <summary>Why it cannot serve, as text; it exits then.</summary>
    CannotServe = 65,

    /// <summary>No longer accepting.</summary>
    Stopped = 66,

    /// <summary>A handler failed (<see cref="HandlerFailure"/>).</summary>
    Failed = 67,

    /// <summary>The worker has closed the connection that it was handed.</summary>
    Ended = 68,

    /// <summary>The handler of the connection that it was handed has finished.</summary>
    Finished = 69,
}

/// <summary>A message as it was received.</summary>
/// <param name="Kind">What it means.</param>
/// <param name="Payload">Its bytes, a copy.</param>
/// <param name="Descriptors">Descriptors that came with it; the receiver owns them.</param>
/// <param name="IsCut">True when descriptors or bytes were lost on the way: this process had no room for them.</param>
internal sealed record WorkerMessage(WorkerMessageKind Kind, byte[] Payload, DescriptorHandle[] Descriptors, bool IsCut = false)
{
    internal static WorkerMessage Closed { get; } = new(WorkerMessageKind.Closed, [], []);

    /// <summary>Closes descriptors that nobody takes.</summary>
    internal void Drop()
    {
        foreach (var descriptor in Descriptors) descriptor.Dispose();
    }
}
