namespace Argosy.Cli.Shell.Verbs;

/// <summary>What can stand in a place of a line, for completion.</summary>
[Flags]
internal enum NameKind
{
    None = 0,
    Remote = 1,
    RemoteFolder = 2,
    Local = 4,
    LocalFolder = 8,
    Verb = 16,
}

/// <summary>An option of a command.</summary>
/// <param name="Name">Such as <c>--recursive</c>.</param>
/// <param name="Letter">Such as <c>-r</c>; null: none.</param>
/// <param name="Description">For its help.</param>
/// <param name="Value">What it is followed by; null: nothing.</param>
internal sealed record VerbOption(string Name, string? Letter, string Description, string? Value = null);

/// <summary>A command of the shell.</summary>
/// <param name="Name">Its word.</param>
/// <param name="Usage">The words behind it.</param>
/// <param name="Summary">What it does, in a line.</param>
/// <param name="Run">Does it; returns the exit code.</param>
internal sealed record Verb(string Name, string Usage, string Summary, Func<Call, Task<int>> Run)
{
    /// <summary>The patience with what ends by itself or not at all.</summary>
    public static readonly TimeSpan ShortPatience = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The patience with an upload: what the system has taken of it, some megabytes, has to go through before the server hears that it was stopped.
    /// </summary>
    public static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(15);

    /// <summary>How long it may take, once it was stopped, until the session is fit for more; after that it is ended.</summary>
    public TimeSpan Patience { get; init; } = ShortPatience;

    /// <summary>Other words for it.</summary>
    public string[] Aliases { get; init; } = [];

    public VerbOption[] Options { get; init; } = [];

    /// <summary>How many names it needs.</summary>
    public int Least { get; init; }

    /// <summary>How many it can take.</summary>
    public int Most { get; init; } = int.MaxValue;

    /// <summary>What its names are, by their place; the last one stands for all behind it.</summary>
    public NameKind[] Names { get; init; } = [];

    /// <summary>False where it does without the server.</summary>
    public bool NeedsServer { get; init; } = true;

    /// <summary>True where options are somebody else's.</summary>
    public bool TakesAllWords { get; init; }

    /// <summary>What else its help says; lines.</summary>
    public string[] Notes { get; init; } = [];

    /// <summary>What the name in a place is.</summary>
    public NameKind KindOf(int place) => Names.Length == 0 || place >= Most ? NameKind.None : Names[Math.Min(place, Names.Length - 1)];
}
