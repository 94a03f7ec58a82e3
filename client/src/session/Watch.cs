namespace Argosy.Client;

/// <summary>
/// Tells how long the server has been silent. Bytes in either direction end a silence; time that this side spends on its own disk or pipe
/// does not count.
/// </summary>
internal sealed class Watch
{
    private readonly Lock _gate = new();
    private long _last = Environment.TickCount64;
    private long _left;
    private int _elsewhere;
    private int _sending;

    public TimeSpan Silence
    {
        get
        {
            lock (_gate)
                return _elsewhere > 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Environment.TickCount64 - _last);
        }
    }

    /// <summary>True while the server is given bytes and has not taken all of them.</summary>
    public bool IsSending => Volatile.Read(ref _sending) > 0;

    public void Touch()
    {
        lock (_gate)
            _last = _left = Environment.TickCount64;
    }

    public void BeginSend() => Interlocked.Increment(ref _sending);

    public void EndSend() => Interlocked.Decrement(ref _sending);

    /// <summary>From now until <see cref="Return"/> this side is busy with something else.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (_elsewhere++ == 0)
                _left = Environment.TickCount64;
        }
    }

    /// <summary>The silence goes on where it was: being away is no sign of the server's life.</summary>
    public void Return()
    {
        lock (_gate)
        {
            if (--_elsewhere == 0)
                _last += Environment.TickCount64 - _left;
        }
    }
}
