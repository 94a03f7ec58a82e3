namespace Argosy.Sockets;

/// <summary>What a server has counted since it was made, in its worker processes too. Any thread may read it at any time.</summary>
public sealed class ConnectionCounters
{
    private const int ActiveCell = 0;
    private const int AdmittedCell = 1;
    private const int FailedCell = 2;
    private const int AcceptFailuresCell = 3;
    private const int FirstRefusedCell = 4;

    private readonly Memory<long> _cells;
    private Memory<long>[] _others = [];

    internal ConnectionCounters()
        : this(new long[FirstRefusedCell + Enum.GetValues<RefusalReason>().Length])
    {
    }

    /// <param name="cells">Where to count: memory of a worker that its parent reads.</param>
    internal ConnectionCounters(Memory<long> cells) => _cells = cells;

    /// <summary>Connections being served now.</summary>
    public int Active => (int)Sum(ActiveCell);

    /// <summary>Connections that were given to a handler.</summary>
    public long Admitted => Sum(AdmittedCell);

    /// <summary>Connections whose handler threw, or whose worker process died.</summary>
    public long Failed => Sum(FailedCell);

    /// <summary>Times that accepting itself failed.</summary>
    public long AcceptFailures => Sum(AcceptFailuresCell);

    /// <summary>Connections closed unserved for <paramref name="reason"/>.</summary>
    public long Refused(RefusalReason reason) => Sum(FirstRefusedCell + (int)reason);

    /// <summary>Counts what workers write into these cells as well.</summary>
    internal void Include(IEnumerable<Memory<long>> others) => _others = [.. others];

    /// <summary>How many connections a worker that has died was serving; it serves none now.</summary>
    internal static long TakeLost(Memory<long> cells) => Interlocked.Exchange(ref cells.Span[ActiveCell], 0);

    internal void OnAdmitted()
    {
        Add(AdmittedCell, 1);
        Add(ActiveCell, 1);
    }

    internal void OnFinished() => Add(ActiveCell, -1);

    internal void OnFailed(long count = 1) => Add(FailedCell, count);

    internal void OnAcceptFailure() => Add(AcceptFailuresCell, 1);

    internal long OnRefused(RefusalReason reason) => Add(FirstRefusedCell + (int)reason, 1);

    private long Add(int cell, long change) => Interlocked.Add(ref _cells.Span[cell], change);

    private long Sum(int cell)
    {
        var sum = Interlocked.Read(ref _cells.Span[cell]);
        foreach (var other in _others) sum += Interlocked.Read(ref other.Span[cell]);
        return sum;
    }
}
