namespace Argosy.Sockets;

/// <summary>What a datagram server has counted since it was made. Any thread may read it at any time.</summary>
public sealed class DatagramCounters
{
    private long _received;
    private long _truncated;
    private long _dropped;
    private long _handled;
    private long _failed;
    private long _unsent;

    /// <summary>Datagrams taken from the kernel, dropped ones included.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Datagrams longer than <see cref="DatagramServerOptions.MaxDatagram"/>.</summary>
    public long Truncated => Interlocked.Read(ref _truncated);

    /// <summary>Datagrams that found the queue full, or were still in it when the server stopped.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>UDP datagrams that came faster than they were received and found the kernel's buffer full (see
    /// <see cref="DatagramServerOptions.KernelBuffer"/>), or whose checksum was wrong. Unix sockets lose none: their senders wait.</summary>
    public long LostInKernel => AskKernel();

    /// <summary>Datagrams whose handler has ended, well or badly.</summary>
    public long Handled => Interlocked.Read(ref _handled);

    /// <summary>Datagrams whose handler threw.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Answers that the kernel did not take.</summary>
    public long Unsent => Interlocked.Read(ref _unsent);

    internal Func<long> AskKernel { private get; set; } = static () => 0;

    internal void OnReceived(bool isTruncated)
    {
        Interlocked.Increment(ref _received);
        if (isTruncated) Interlocked.Increment(ref _truncated);
    }

    internal long OnDropped() => Interlocked.Increment(ref _dropped);

    internal void OnHandled() => Interlocked.Increment(ref _handled);

    internal void OnFailed() => Interlocked.Increment(ref _failed);

    internal void OnUnsent() => Interlocked.Increment(ref _unsent);
}
