namespace Argosy.Sockets;

/// <summary>
/// A part of a handler that moves many bytes, and the context that brings it back to a lane whenever it has awaited something: its connection's
/// descriptor, which a loop watches for it meanwhile, or anything foreign. One thread at a time runs it.
/// </summary>
internal sealed class BulkPart : SynchronizationContext
{
    /// <summary>How long a lane's thread waits for more of what has just flowed, before it is given back.</summary>
    internal const int BlinkMilliseconds = 1;

    /// <summary>How much it moves before it lets others have the lane.</summary>
    private const long BytesPerTurn = 16 * 1024 * 1024;

    /// <summary>Who has moved so much since the socket was last dry may look once more before it gives the lane back; a trickle never costs a lane a wait.</summary>
    private const long BytesWorthALook = 256 * 1024;

    [ThreadStatic]
    private static BulkPart? _current;

    private readonly BulkLanes _lanes;
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posted = new();
    private bool _isScheduled;
    private long _movedInTurn;
    private long _movedSinceDry;

    internal BulkPart(BulkLanes lanes) => _lanes = lanes;

    /// <summary>The part that the calling thread runs, or null.</summary>
    internal static new BulkPart? Current => _current;

    /// <summary>True when others wait for a lane and this one has had its share: its next operation waits for its turn.</summary>
    internal bool IsTurnOver => _movedInTurn >= BytesPerTurn && _lanes.OthersWait;

    /// <summary>An operation has moved so many bytes.</summary>
    internal void Charge(long bytes)
    {
        _movedInTurn += bytes;
        _movedSinceDry += bytes;
    }

    /// <summary>
    /// True where it is worth while to keep the lane for the blink of an eye: bytes have flowed, and nobody else wants the lane. Asked once for each time
    /// that the socket is found dry.
    /// </summary>
    internal bool MayLookAgain()
    {
        var mayLook = _movedSinceDry >= BytesWorthALook && !_lanes.OthersWait;
        _movedSinceDry = 0;
        return mayLook;
    }

    /// <summary>Goes to the end of the queue for lanes.</summary>
    internal static async ValueTask YieldAsync() => await Task.Yield();

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_posted)
        {
            _posted.Enqueue((d, state));
            if (_isScheduled) return;
            _isScheduled = true;
        }

        _lanes.Add(this);
    }

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("A lane takes work by Post only: waiting for it could be waiting for oneself.");

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs what was posted, until there is nothing more or the turn is over. On a lane's thread.</summary>
    internal void Run()
    {
        _current = this;
        SetSynchronizationContext(this);
        try
        {
            _movedInTurn = 0;
            while (TryTake(out var next)) next.Callback(next.State);
        }
        finally
        {
            SetSynchronizationContext(null);
            _current = null;
        }
    }

    private bool TryTake(out (SendOrPostCallback Callback, object? State) next)
    {
        lock (_posted)
        {
            next = default;
            if (_posted.Count > 0 && !IsTurnOver)
            {
                next = _posted.Dequeue();
                return true;
            }

            _isScheduled = _posted.Count > 0;
        }

        if (_isScheduled) _lanes.Add(this);
        return false;
    }
}
