namespace Argosy.Sockets;

/// <summary>
/// How long to wait before a worker is started in place of one that failed: not at all for one that had served for a while, longer each
/// time for one that had not, so that a broken program does not keep the machine busy starting it.
/// </summary>
internal sealed class RestartPause
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>Who served for so long is no part of a storm.</summary>
    private static readonly TimeSpan ServedWell = TimeSpan.FromSeconds(10);

    private TimeSpan _next = First;

    /// <summary>The pause after a worker that was ready for so long (zero: never).</summary>
    internal TimeSpan After(TimeSpan served)
    {
        if (served >= ServedWell)
        {
            Forget();
            return TimeSpan.Zero;
        }

        var pause = _next;
        _next = pause * 2 < Longest ? pause * 2 : Longest;
        return pause;
    }

    /// <summary>All is well again: the next failure starts with a short pause.</summary>
    internal void Forget() => _next = First;
}
