using System.Threading.Tasks.Sources;

namespace Argosy.Sockets;

/// <summary>
/// One direction of a watched descriptor: at most one wait at a time, answered by this object itself, so that waiting allocates
/// nothing. Waking means "try again": there may be bytes, an end, a failure, a passed deadline, a cancellation, or nothing.
/// </summary>
internal sealed class WatchDirection : LoopTimer, IValueTaskSource
{
    private static readonly SendOrPostCallback TakeTurn = static direction => ((WatchDirection)direction!).OnTurn();
    private static readonly SendOrPostCallback WakeLater = static direction => ((WatchDirection)direction!).Wake();
    private static readonly SendOrPostCallback PokeLater = static direction => ((WatchDirection)direction!).OnPoke();
    private static readonly SendOrPostCallback BeginLater = static direction => ((WatchDirection)direction!).BeginFromAfar();
    private static readonly SendOrPostCallback RescheduleLater = static direction => ((WatchDirection)direction!).Reschedule();

    private readonly DescriptorWatch _watch;
    private InlineCompletion<Nothing> _completion;
    private CancellationTokenRegistration _cancellation;
    private Deadline _deadline;
    private bool _heedsDeadline;
    private bool _isWaiting;
    private int _isTaken; // by a wait, until its result is taken
    private int _isPoked;

    internal WatchDirection(DescriptorWatch watch, PollEvents events) => (_watch, Events) = (watch, events);

    /// <summary><see cref="PollEvents.Read"/> or <see cref="PollEvents.Write"/>.</summary>
    internal PollEvents Events { get; }

    /// <summary>A wait for several descriptors that this one takes part in.</summary>
    internal FirstOfWait? Common { get; set; }

    /// <summary>True while it waits for its turn only: it will try again in any case, and an event is no news.</summary>
    internal bool IsQueued { get; private set; }

    internal bool IsAwaited => _isWaiting || Common is not null;

    /// <summary>When a wait that heeds it ends. It may be set at any time, by any thread.</summary>
    internal Deadline Deadline
    {
        get => _deadline;
        set
        {
            _deadline = value;
            if (Loop.IsCurrent)
            {
                if (_isWaiting) Reschedule();
                return;
            }

            Interlocked.MemoryBarrier(); // a wait that begins from here on sees the deadline, or we see the wait
            if (Volatile.Read(ref _isWaiting)) Loop.Post(RescheduleLater, this);
        }
    }

    private EventLoop Loop => _watch.Loop;

    /// <summary>Waits until the direction may be tried again.</summary>
    /// <exception cref="InvalidOperationException">Somebody waits already.</exception>
    internal ValueTask WaitAsync(bool heedsDeadline, CancellationToken cancellation)
    {
        if (Interlocked.CompareExchange(ref _isTaken, 1, 0) != 0) throw ConnectionErrors.OneAtATime();
        if (cancellation.CanBeCanceled)
            _cancellation = cancellation.UnsafeRegister(static self => ((WatchDirection)self!).OnCancelled(), this);
        _heedsDeadline = heedsDeadline;
        if (Loop.IsCurrent) BeginHere();
        else Loop.Post(BeginLater, this);
        return new ValueTask(this, _completion.Version);
    }

    /// <summary>Ends the present wait, or the next, which begins with <see cref="TakePoke"/>. Any thread.</summary>
    internal void Poke()
    {
        Volatile.Write(ref _isPoked, 1);
        Loop.Post(PokeLater, this);
    }

    /// <summary>True when it was poked and no wait has ended for that.</summary>
    internal bool TakePoke() => Interlocked.Exchange(ref _isPoked, 0) != 0;

    /// <summary>Ends the wait under way, if there is one. The loop calls this, never a handler: the waiter continues inline.</summary>
    internal void Wake()
    {
        Common?.Wake();
        if (!_isWaiting) return;
        _isWaiting = false;
        _completion.SetResult(default);
    }

    /// <summary>The watch has closed: the waiter finds out, but not on the stack of whoever closed it.</summary>
    internal void End()
    {
        Loop.Timers.Remove(this);
        if (IsAwaited) Queue();
    }

    internal override void OnDue()
    {
        if (!_isWaiting || !_heedsDeadline || _deadline.IsNever) return;
        if (_deadline.HasPassed) Wake();
        else Reschedule();
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _completion.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _completion.OnCompleted(continuation, state, token, flags, inline: Loop.IsCurrent);

    void IValueTaskSource.GetResult(short token)
    {
        _cancellation.Dispose();
        _cancellation = default;
        try
        {
            _completion.GetResult(token);
        }
        finally
        {
            _completion.Reset();
            Volatile.Write(ref _isTaken, 0);
        }
    }

    private void BeginHere()
    {
        try
        {
            Begin();
        }
        catch
        {
            Volatile.Write(ref _isTaken, 0); // there is no result for anybody to take
            throw;
        }
    }

    private void Begin()
    {
        Volatile.Write(ref _isWaiting, true);
        if (Loop.IsTurnOver || !TryArm())
        {
            Queue(); // the loop's own ready list: at an edge the kernel will not tell again
            return;
        }

        Interlocked.MemoryBarrier(); // a deadline that is set from here on reschedules, or we see it
        Reschedule();
    }

    private void Queue()
    {
        if (IsQueued) return;
        IsQueued = true;
        Loop.Post(TakeTurn, this);
    }

    private void OnTurn()
    {
        IsQueued = false;
        Wake();
    }

    private void OnPoke()
    {
        if (_isWaiting && TakePoke()) Wake();
    }

    private bool TryArm()
    {
        try
        {
            return _watch.TryArm(Events);
        }
        catch
        {
            _isWaiting = false;
            _cancellation.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Somebody waits who is not on the loop. What became ready between the try and now may have been told already, and so may a
    /// cancellation, so both are asked again.
    /// </summary>
    private void BeginFromAfar()
    {
        Loop.BeginTurn();
        try
        {
            Begin();
            if (TakePoke() || _cancellation.Token.IsCancellationRequested || NativeSocket.IsReady(_watch.Descriptor, Events)) Wake();
        }
        catch (ConnectionException e)
        {
            _completion.SetException(e);
        }
        catch (ObjectDisposedException)
        {
            Wake(); // closed: the next try says so
        }
    }

    /// <summary>A deadline that only moves later, message after message, leaves the timer alone: it looks again when it fires.</summary>
    private void Reschedule()
    {
        if (!_isWaiting || !_heedsDeadline || _deadline.IsNever) return;
        if (!IsScheduled || Due > _deadline.Moment) Loop.Timers.Schedule(this, _deadline.Moment);
    }

    private void OnCancelled() => Loop.Post(WakeLater, this);
}
