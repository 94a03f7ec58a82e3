namespace Argosy.Files;

/// <summary>When an address is refused altogether, because somebody there guesses passwords.</summary>
public sealed record BanRule
{
    /// <summary>How many failed logins within <see cref="Window"/> are too many; 0 bans nobody.</summary>
    public int Failures { get; init; } = 10;

    /// <summary>Counted from the first failure.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the address is refused.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromMinutes(10);
}
