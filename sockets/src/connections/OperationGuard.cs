namespace Argosy.Sockets;

/// <summary>
/// Guards the one operation that may be under way in one direction of a runtime socket: its token fires at the deadline, which
/// may move meanwhile, or with the caller's token. It is reused, and allocates only after it has fired.
/// </summary>
internal sealed class OperationGuard : IDisposable
{
    private readonly Lock _lock = new();
    private CancellationTokenSource _source = new();
    private CancellationTokenRegistration _caller;
    private Timer? _timer;
    private Deadline _armed; // when the timer fires; a deadline that only moves later costs no timer call
    private Deadline _deadline;
    private bool _isUnderWay;
    private bool _isDisposed;

    internal Deadline Deadline
    {
        get => _deadline;
        set
        {
            lock (_lock)
            {
                _deadline = value;
                if (_isUnderWay) Arm();
            }
        }
    }

    /// <summary>The token for an operation that begins now.</summary>
    /// <exception cref="InvalidOperationException">One is under way already.</exception>
    internal CancellationToken Begin(CancellationToken cancellation)
    {
        CancellationToken token;
        lock (_lock)
        {
            if (_isUnderWay) throw ConnectionErrors.OneAtATime();
            if (_source.IsCancellationRequested) _source = new CancellationTokenSource();
            _isUnderWay = true;
            Arm();
            token = _source.Token;
        }

        if (cancellation.CanBeCanceled)
            _caller = cancellation.UnsafeRegister(static guard => ((OperationGuard)guard!).Fire(), this);
        return token;
    }

    internal void End()
    {
        _caller.Dispose();
        _caller = default;
        lock (_lock) _isUnderWay = false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _timer?.Dispose();
        }
    }

    private void Arm()
    {
        if (_deadline.IsNever || _isDisposed) return;
        if (!_armed.IsNever && Deadline.Earlier(_armed, _deadline) == _armed) return;
        _armed = _deadline;
        _timer ??= new Timer(static guard => ((OperationGuard)guard!).OnTimer(), this, Timeout.Infinite, Timeout.Infinite);
        _timer.Change(_deadline.MillisecondsLeft, Timeout.Infinite); // one that fires too early is armed again
    }

    private void OnTimer()
    {
        CancellationTokenSource late;
        lock (_lock)
        {
            _armed = Deadline.Never;
            if (!_isUnderWay || _deadline.IsNever) return;
            if (!_deadline.HasPassed)
            {
                Arm();
                return;
            }

            // Should the operation end meanwhile and the next begin, that one has another source and is left alone.
            (late, _source) = (_source, new CancellationTokenSource());
        }

        late.Cancel(); // outside the lock: it runs the runtime's own code
    }

    // Ends with its operation: End waits for a caller's cancellation that is under way.
    private void Fire() => _source.Cancel();
}
