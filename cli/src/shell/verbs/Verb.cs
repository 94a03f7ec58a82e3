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
