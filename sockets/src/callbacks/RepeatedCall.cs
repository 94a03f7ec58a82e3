using System.Diagnostics;

namespace Argosy.Sockets;

/// <summary>A call that comes every so often, on the connection that it was asked of.</summary>
public sealed class RepeatedCall
{
    private readonly Transport _transport;
    private readonly Action _call;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Lock _lock = new();
    private DelayedCall _next;
    private long _number; // of the coming call: it is due at so many intervals from the start
    private bool _isStopped;

    internal RepeatedCall(Transport transport, TimeSpan interval, Action call, bool isFirstNow)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        (_transport, Interval, _call, _number) = (transport, interval, call, isFirstNow ? 0 : 1);
        lock (_lock) _next = transport.CallLater(isFirstNow ? TimeSpan.Zero : interval, Run);
    }

    /// <summary>From one call to the next.</summary>
    public TimeSpan Interval { get; }

    /// <summary>True until it is stopped or its connection is over. Within the call itself it is true.</summary>
    public bool IsRunning
    {
        get { lock (_lock) return !_isStopped && !_transport.IsOver; }
    }

    /// <summary>Calls no more. Any thread may call this, also the call itself.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _isStopped = true;
            _next.Cancel();
        }
    }

    private void Run()
    {
        _call();
        lock (_lock)
        {
            if (!_isStopped) _next = _transport.CallLater(UntilNext(), Run);
        }
    }

    /// <summary>To the next multiple of the interval, counted from the start: a slow call delays the next and shifts none.</summary>
    private TimeSpan UntilNext()
    {
        var elapsed = Stopwatch.GetElapsedTime(_start);
        _number = Math.Max(_number + 1, (elapsed.Ticks / Interval.Ticks) + 1); // the first: clocks round, and a call may come a hair too early
        return (_number * Interval) - elapsed;
    }
}
