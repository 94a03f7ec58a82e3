namespace Argosy.Client;

/// <summary>
/// Tells how long the server has been silent. Bytes in either direction end a silence; time that this side spends on its own disk or pipe
/// does not count.
/// </summary>
internal sealed class Watch
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private long _last;
    private long _left;
    private int _elsewhere;
    private int _sending;

    public Watch(TimeProvider clock) => (_clock, _last) = (clock, clock.GetTimestamp());

    public TimeSpan Silence
    {
        get
        {
            lock (_gate)
                return _elsewhere > 0 ? TimeSpan.Zero : _clock.GetElapsedTime(_last);
        }
    }

    /// <summary>True while the server is given bytes and has not taken all of them.</summary>
    public bool IsSending => Volatile.Read(ref _sending) > 0;

    public void Touch()
    {
        lock (_gate)
            _last = _left = _clock.GetTimestamp();
    }

    /// <summary>This process did not run for so long: nobody can say whether the server was silent.</summary>
    public void Forgive(TimeSpan pause)
    {
        lock (_gate)
        {
            // Time away is taken off as it is, whatever it was spent on.
            if (_elsewhere == 0)
                _last = Math.Min(_clock.GetTimestamp(), _last + (long)(pause.TotalSeconds * _clock.TimestampFrequency));
        }
    }

    public void BeginSend() => Interlocked.Increment(ref _sending);

    public void EndSend() => Interlocked.Decrement(ref _sending);

    /// <summary>From now until <see cref="Return"/> this side is busy with something else.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (_elsewhere++ == 0)
                _left = _clock.GetTimestamp();
        }
    }

    /// <summary>The silence goes on where it was: being away is no sign of the server's life.</summary>
    public void Return()
    {
        lock (_gate)
        {
            if (--_elsewhere == 0)
                _last += _clock.GetTimestamp() - _left;
        }
    }
}
