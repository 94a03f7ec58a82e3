namespace Argosy.Sockets;

/// <summary>What a <see cref="Selector"/> waits for: EVENT_READ and EVENT_WRITE of Python's <c>selectors</c>.</summary>
[Flags]
public enum SelectorEvents
{
    /// <summary>Reading, or accepting, would not wait. The end of the stream and a failure count as readable.</summary>
    Read = 1,

    /// <summary>Writing would not wait, or a connect has ended, well or badly.</summary>
    Write = 2,
}
