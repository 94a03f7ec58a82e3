namespace Argosy.Client;

/// <summary>
/// Tells how long the server has been silent. Bytes in either direction end a silence; while this side waits for its own disk or pipe
/// the server is not to blame.
/// </summary>
internal sealed class Watch
{
    private long _last = Environment.TickCount64;
    private int _elsewhere;

    public TimeSpan Silence =>
        Volatile.Read(ref _elsewhere) > 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Environment.TickCount64 - Volatile.Read(ref _last));

    public void Touch() => Volatile.Write(ref _last, Environment.TickCount64);

    /// <summary>From now until <see cref="Return"/> this side is busy with something else.</summary>
    public void Leave() => Interlocked.Increment(ref _elsewhere);

    public void Return()
    {
        Touch();
        Interlocked.Decrement(ref _elsewhere);
    }
}
