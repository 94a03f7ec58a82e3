namespace Argosy.Files;

/// <summary>Bytes (by length) and number of regular files and links.</summary>
public readonly record struct Usage(long Bytes, long Files)
{
    /// <summary>The sum.</summary>
    public static Usage operator +(Usage a, Usage b) => new(a.Bytes + b.Bytes, a.Files + b.Files);

    /// <summary>The difference.</summary>
    public static Usage operator -(Usage a, Usage b) => new(a.Bytes - b.Bytes, a.Files - b.Files);

    /// <summary>The opposite.</summary>
    public static Usage operator -(Usage a) => new(-a.Bytes, -a.Files);
}
