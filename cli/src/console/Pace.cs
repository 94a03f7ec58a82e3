namespace Argosy.Cli.Output;

/// <summary>
/// How fast bytes move, and how long the rest will take. The rate is that of the last seconds, so that it falls to nothing when the line stands
/// still. The time left follows a longer memory and counts down evenly while that stays about true.
/// </summary>
internal sealed class Pace
{
    /// <summary>Of so long is the rate.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongMemory = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LeastForLeft = TimeSpan.FromSeconds(2);

    // The estimate that is shown goes to the newest one in about so long, where they are far apart and where they are close.
    private const double FastSeconds = 2;
    private const double SlowSeconds = 30;
    private const double LeastWrongSeconds = 10;
    private const double MostLeftSeconds = 100_000_000;

    private readonly Queue<(TimeSpan At, long Bytes)> _samples = new();
    private (TimeSpan At, long Bytes) _last;
    private TimeSpan _lastMove;
    private double? _left;

    /// <summary>Bytes a second; null while there is too little to tell.</summary>
    public double? Rate { get; private set; }

    /// <summary>How long until all is moved; null while nobody can tell.</summary>
    public TimeSpan? Left => _left is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>For how long nothing has moved.</summary>
    public TimeSpan Idle => _last.At - _lastMove;

    /// <summary>Looks at the clock. The first time is where it begins: what had moved before filled buffers on the way, and says little of the line.</summary>
    /// <param name="now">Time since any moment; never less than the last time.</param>
    /// <param name="bytes">All that has travelled so far.</param>
    /// <param name="rest">What is to travel still; null where nobody knows.</param>
    public void Observe(TimeSpan now, long bytes, long? rest)
    {
        if (_samples.Count == 0 || bytes != _last.Bytes)
            _lastMove = now;
        var passed = now - (_samples.Count == 0 ? now : _last.At);
        _last = (now, bytes);
        _samples.Enqueue(_last);
        while (_samples.Count > 2 && now - _samples.ElementAt(1).At >= LongMemory)
            _samples.Dequeue();
        Rate = Since(now - Memory, Least);
        _left = Since(now - LongMemory, LeastForLeft) is not (> 0 and var slow) || rest is null || Rate is null or 0
            ? null
            : Follow(Math.Min(rest.Value / slow, MostLeftSeconds), passed.TotalSeconds);
    }

    // The mean since a moment, or since the beginning.
    private double? Since(TimeSpan moment, TimeSpan least)
    {
        var from = _samples.Peek();
        foreach (var sample in _samples)
        {
            if (sample.At > moment)
                break;
            from = sample;
        }

        var time = _last.At - from.At;
        return time < least ? null : Math.Max(0, _last.Bytes - from.Bytes) / time.TotalSeconds;
    }

    private double Follow(double newest, double passed)
    {
        if (_left is not { } shown)
            return newest;
        var expected = Math.Max(0, shown - passed);
        // So wrong that it helps nobody, as after a thousand tiny files before a large one.
        if (Math.Abs(newest - expected) > LeastWrongSeconds && (newest > 2 * expected || newest < expected / 2))
            return newest;
        var isClose = Math.Abs(newest - expected) <= Math.Max(2, expected / 10);
        return expected + ((newest - expected) * (1 - Math.Exp(-passed / (isClose ? SlowSeconds : FastSeconds))));
    }
}
