namespace Argosy.Sockets;

/// <summary>What a connection's loop does next.</summary>
internal enum LoopStep
{
    /// <summary>There is work already.</summary>
    Work,

    /// <summary>Read, until the deadline that was set.</summary>
    Read,

    /// <summary>Wait for a signal: delivery is paused, or the peer has finished.</summary>
    Wait,

    /// <summary>Half-close.</summary>
    FinishWriting,

    /// <summary>Close in good order.</summary>
    Close,
}

/// <summary>The loop's side of a transport.</summary>
public sealed partial class Transport
{
    /// <summary>A deadline that has passed wakes a loop that reads a connection of somebody else's making.</summary>
    private static readonly Deadline Now = Deadline.After(TimeSpan.Zero);

    private readonly SemaphoreSlim _signal = new(0);
    private LoopStep _waiting; // Read or Wait while the loop waits
    private bool _hasInputEnded;
    private bool _hasFinished;

    /// <summary>False while delivery is paused or the connection is closing.</summary>
    internal bool MayDeliver => !_isPaused && !IsClosing;

    internal Exception? AbortReason => _abortReason;

    /// <summary>True once nothing called has an effect any more.</summary>
    internal bool IsOver
    {
        get { lock (_lock) return _isOver; }
    }

    /// <summary>The calls that are due now, one by one; null after the last that was there when the number was asked for.</summary>
    internal DelayedCall? TakeDueCall(long limit)
    {
        lock (_lock) return _calls.TakeDue(limit);
    }

    internal long LastCall
    {
        get { lock (_lock) return _calls.Last; }
    }

    /// <summary>Whether the protocol is to be told that delivery goes on.</summary>
    internal bool TakeResumed()
    {
        lock (_lock)
        {
            var isResumed = _isResumed && !_isPaused;
            if (isResumed) _isResumed = false;
            return isResumed;
        }
    }

    /// <summary>Lets the producer go on, where all is sent that it made.</summary>
    internal void ResumeProducer()
    {
        IProducer? pulled;
        lock (_lock)
        {
            if (!_isProducerDue) return;
            (_isProducerDue, _isProducerPaused) = (false, false);
            pulled = _isPull ? _producer : null;
        }

        if (pulled is not null) pulled.ResumeProducing();
        else TellProducer();
    }

    /// <summary>The next bytes to send; empty when all is sent.</summary>
    internal ReadOnlyMemory<byte> TakeWrites()
    {
        lock (_lock)
        {
            var wasEmpty = _writes.Count == 0;
            var chunk = _writes.Take();
            if (!wasEmpty && _writes.Count == 0) _isProducerDue = _producer is not null && (_isPull || _isProducerPaused);
            return chunk;
        }
    }

    /// <summary>Decides what comes next; before a wait, in a way that no call can slip by unnoticed.</summary>
    /// <exception cref="Exception">Why the connection was aborted.</exception>
    internal LoopStep Next()
    {
        lock (_lock)
        {
            if (_abortReason is not null) throw _abortReason;
            if (_writes.Count > 0 || _calls.HasDue || _isProducerDue || (_isResumed && !_isPaused)) return LoopStep.Work;
            if (_isClosing && _producer is null) return LoopStep.Close;
            if (_isFinishing && !_hasFinished) return Finish();
            _waiting = _isPaused || _isClosing || _hasInputEnded ? LoopStep.Wait : LoopStep.Read;
            if (_waiting == LoopStep.Read) _connection.ReadDeadline = _calls.Next;
            return _waiting;
        }
    }

    /// <summary>Waits to be woken, for the next call's moment, or for as long as allowed.</summary>
    internal async ValueTask WaitAsync(TimeSpan limit)
    {
        Deadline next;
        lock (_lock) next = Deadline.Earlier(_calls.Next, Deadline.After(limit));
        await _signal.WaitAsync(next.MillisecondsLeft);
    }

    internal void StopWaiting()
    {
        lock (_lock) _waiting = LoopStep.Work;
    }

    internal void OnInputEnded()
    {
        lock (_lock) _hasInputEnded = true;
    }

    /// <summary>The connection is over: nothing called later has an effect.</summary>
    internal void End()
    {
        lock (_lock)
        {
            _isOver = true;
            _producer = null;
            _calls.Clear();
            _writes.Clear();
        }
    }

    /// <summary>The protocol knows; now everybody may.</summary>
    internal void TellEnded(Exception? reason)
    {
        lock (_lock) (_ended ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult(reason);
    }

    private LoopStep Finish()
    {
        _hasFinished = true;
        return LoopStep.FinishWriting;
    }

    /// <summary>Makes the loop look again. Under the lock, so that no wake-up is late and ends the wait after the one it was meant for.</summary>
    private void Wake()
    {
        var waiting = _waiting;
        _waiting = LoopStep.Work;
        if (waiting == LoopStep.Wait) _signal.Release();
        else if (waiting == LoopStep.Read && _connection is StreamConnection { CanTry: true } ours) ours.Poke();
        else if (waiting == LoopStep.Read) _connection.ReadDeadline = Now;
    }
}
