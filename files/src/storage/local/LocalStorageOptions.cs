namespace Argosy.Files;

/// <summary>When an upload counts as safe.</summary>
public enum Durability
{
    /// <summary>When the kernel has it: a crash of the server loses nothing, a power loss may.</summary>
    Fast,

    /// <summary>When the disk has it: data and folder are synced before the reply.</summary>
    Strict,
}

/// <summary>How <see cref="LocalStorage"/> is set up.</summary>
public sealed record LocalStorageOptions
{
    /// <summary>
    /// A folder for what is being uploaded, outside every home; made with mode 0700. Homes on another mount keep theirs, hidden, in
    /// their own root. Null: all do.
    /// </summary>
    public string? Staging { get; init; }

    /// <summary>When an upload counts as safe.</summary>
    public Durability Durability { get; init; }

    /// <summary>Forces the walk that stands in for openat2(2) on old kernels.</summary>
    internal bool Walk { get; init; }
}
