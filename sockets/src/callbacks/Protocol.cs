namespace Argosy.Sockets;

/// <summary>
/// One connection in callback style: events come in as calls of these methods. A new instance serves each connection. It runs unchanged
/// under every concurrency model.
/// </summary>
/// <remarks>
/// The callbacks of one connection never overlap, and run where the model runs handlers: under <c>threads</c> always on the connection's own
/// thread. They must not block unless the model allows it. One that throws ends its connection alone, and the error goes to the server's
/// <c>OnError</c>. Callbacks of different connections may run at once: what they share needs a lock.
/// </remarks>
public abstract class Protocol
{
    private DelayedCall? _timeout;
    private TimeSpan? _timeoutPeriod;

    /// <summary>The way to the peer. Set before <see cref="ConnectionMade"/>.</summary>
    public Transport Transport { get; internal set; } = null!;

    /// <summary>The factory that built it, where what the connections share can live.</summary>
    public ProtocolFactory Factory { get; internal set; } = null!;

    /// <summary>The connection is there. Called once, first.</summary>
    protected internal virtual void ConnectionMade()
    {
    }

    /// <summary>Bytes have arrived: any number of them, cut anywhere. They are valid until the method returns.</summary>
    protected internal abstract void DataReceived(ReadOnlySpan<byte> data);

    /// <summary>The peer has finished sending. Unless overridden, what was written is sent and the connection closed; a protocol that overrides
    /// this may go on writing, and ends with <see cref="Transport.LoseConnection"/>.</summary>
    protected internal virtual void InputEnded() => Transport.LoseConnection();

    /// <summary>The server is stopping. Unless overridden, what was written is sent and the connection closed.</summary>
    protected internal virtual void Stopping() => Transport.LoseConnection();

    /// <summary>The connection is over. Called once, last.</summary>
    /// <param name="reason">Null when it was closed in good order; otherwise why it broke: a <see cref="ConnectionException"/>, a
    /// <see cref="TimeoutException"/> for a peer that stopped reading, or what a callback threw.</param>
    protected internal virtual void ConnectionLost(Exception? reason)
    {
    }

    /// <summary>Calls back in <paramref name="delay"/>, unless the connection is over by then.</summary>
    protected DelayedCall CallLater(TimeSpan delay, Action call) => Transport.CallLater(delay, call);

    /// <summary>Calls back again and again, until it is stopped or the connection is over: a heartbeat.</summary>
    /// <inheritdoc cref="Transport.CallEvery"/>
    protected RepeatedCall CallEvery(TimeSpan interval, Action call, bool isFirstNow = false) => Transport.CallEvery(interval, call, isFirstNow);

    /// <summary>Calls <see cref="TimedOut"/> once, unless <see cref="ResetTimeout"/> comes within <paramref name="period"/>, again and again.
    /// Null ends that. What counts as life is the protocol's to say: every byte, every message, every login.</summary>
    protected void SetTimeout(TimeSpan? period)
    {
        _timeout?.Cancel();
        _timeoutPeriod = period;
        _timeout = period is { } time ? Transport.CallLater(time, TimedOut) : null;
    }

    /// <summary>The period of <see cref="SetTimeout"/> begins anew. Without effect when there is none, or it is over.</summary>
    protected void ResetTimeout() => _timeout?.Reset(_timeoutPeriod!.Value);

    /// <summary>The period of <see cref="SetTimeout"/> is over. Unless overridden, what was written is sent and the connection closed.</summary>
    protected virtual void TimedOut() => Transport.LoseConnection();

    /// <summary>Delivery was paused and goes on: what a protocol has kept back comes first.</summary>
    internal virtual void Resumed()
    {
    }

    /// <summary>Gives pooled memory back.</summary>
    internal virtual void Release()
    {
    }
}
