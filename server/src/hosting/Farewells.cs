namespace Argosy.Server;

/// <summary>How many banned clients a second are told that they are: enough for people, and nothing for a flood. Thread-safe.</summary>
internal sealed class Farewells
{
    private const int PerSecond = 10;

    private readonly Lock _gate = new();
    private long _second;
    private int _said;

    /// <summary>True where one more may be told.</summary>
    public bool TryTake()
    {
        var now = Environment.TickCount64 / 1_000;
        lock (_gate)
        {
            if (now != _second) (_second, _said) = (now, 0);
            return ++_said <= PerSecond;
        }
    }
}
