namespace Argosy.Sockets;

/// <summary>What a datagram server has counted since it was made, in its worker processes too. Any thread may read it at any time.</summary>
public sealed class DatagramCounters
{
    private const int ReceivedCell = 0;
    private const int TruncatedCell = 1;
    private const int DroppedCell = 2;
    private const int HandledCell = 3;
    private const int FailedCell = 4;
    private const int UnsentCell = 5;
    private const int Cells = 6;

    private readonly Memory<long> _cells;
    private Memory<long>[] _others = [];

    internal DatagramCounters()
        : this(new long[Cells])
    {
    }

    /// <param name="cells">Where to count: memory of a worker that its parent reads.</param>
    internal DatagramCounters(Memory<long> cells) => _cells = cells;

    /// <summary>Datagrams taken from the kernel, dropped ones included.</summary>
    public long Received => Sum(ReceivedCell);

    /// <summary>Datagrams longer than <see cref="DatagramServerOptions.MaxDatagram"/>.</summary>
    public long Truncated => Sum(TruncatedCell);

    /// <summary>Datagrams that found the queue full, or were still in it when the server stopped.</summary>
    public long Dropped => Sum(DroppedCell);

    /// <summary>UDP datagrams that came faster than they were received and found the kernel's buffer full (see
    /// <see cref="DatagramServerOptions.KernelBuffer"/>), or whose checksum was wrong. Unix sockets lose none: their senders wait.</summary>
    public long LostInKernel => AskKernel();

    /// <summary>Datagrams whose handler has ended, well or badly.</summary>
    public long Handled => Sum(HandledCell);

    /// <summary>Datagrams whose handler threw, or whose worker process died.</summary>
    public long Failed => Sum(FailedCell);

    /// <summary>Answers that the kernel did not take.</summary>
    public long Unsent => Sum(UnsentCell);

    internal Func<long> AskKernel { private get; set; } = static () => 0;

    /// <summary>Counts what workers write into these cells as well.</summary>
    internal void Include(IEnumerable<Memory<long>> others) => _others = [.. others];

    /// <summary>How many datagrams a worker that has died had taken and not finished. They count as failed now.</summary>
    internal static long TakeLost(Memory<long> cells)
    {
        var row = cells.Span;
        var lost = row[ReceivedCell] - row[DroppedCell] - row[HandledCell];
        row[HandledCell] += lost;
        row[FailedCell] += lost;
        return lost;
    }

    internal void OnReceived(bool isTruncated)
    {
        Add(ReceivedCell, 1);
        if (isTruncated) Add(TruncatedCell, 1);
    }

    internal long OnDropped() => Add(DroppedCell, 1);

    internal void OnHandled() => Add(HandledCell, 1);

    internal void OnFailed() => Add(FailedCell, 1);

    internal void OnUnsent(long count = 1) => Add(UnsentCell, count);

    private long Add(int cell, long change) => Interlocked.Add(ref _cells.Span[cell], change);

    private long Sum(int cell)
    {
        var sum = Interlocked.Read(ref _cells.Span[cell]);
        foreach (var other in _others) sum += Interlocked.Read(ref other.Span[cell]);
        return sum;
    }
}
