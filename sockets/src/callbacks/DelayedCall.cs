namespace Argosy.Sockets;

/// <summary>A call that is due later, on the connection that it was asked of.</summary>
public sealed class DelayedCall
{
    private readonly Transport _transport;

    internal DelayedCall(Transport transport, Action call) => (_transport, Call) = (transport, call);

    internal Action Call { get; }

    /// <summary>True until it has been called or cancelled, or its connection is over.</summary>
    public bool IsPending => _transport.IsPending(this);

    /// <summary>Never calls back. Without effect when it has been called.</summary>
    public void Cancel() => _transport.Cancel(this);

    /// <summary>Begins the delay anew, as an idle timeout does with every message. Without effect when it has been called or cancelled.</summary>
    public void Reset(TimeSpan delay) => _transport.Reset(this, delay);
}
