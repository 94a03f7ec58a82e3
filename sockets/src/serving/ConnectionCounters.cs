namespace Argosy.Sockets;

/// <summary>What a server has counted since it was made. Any thread may read it at any time.</summary>
public sealed class ConnectionCounters
{
    private readonly long[] _refused = new long[Enum.GetValues<RefusalReason>().Length];
    private long _admitted;
    private long _failed;
    private long _acceptFailures;
    private int _active;

    /// <summary>Connections being served now.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <summary>Connections that were given to a handler.</summary>
    public long Admitted => Interlocked.Read(ref _admitted);

    /// <summary>Connections whose handler threw.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Times that accepting itself failed.</summary>
    public long AcceptFailures => Interlocked.Read(ref _acceptFailures);

    /// <summary>Connections closed unserved for <paramref name="reason"/>.</summary>
    public long Refused(RefusalReason reason) => Interlocked.Read(ref _refused[(int)reason]);

    internal void OnAdmitted()
    {
        Interlocked.Increment(ref _admitted);
        Interlocked.Increment(ref _active);
    }

    internal void OnFinished() => Interlocked.Decrement(ref _active);

    internal void OnFailed() => Interlocked.Increment(ref _failed);

    internal void OnAcceptFailure() => Interlocked.Increment(ref _acceptFailures);

    internal long OnRefused(RefusalReason reason) => Interlocked.Increment(ref _refused[(int)reason]);
}
