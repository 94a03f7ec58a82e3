namespace Argosy.Client;

/// <summary>How many files a process may have open (<c>ulimit -n</c>).</summary>
public static class OpenFileLimit
{
    /// <summary>Fewer are not enough: .NET alone keeps two for each of its parts, ninety in all, and ends in disorder where it cannot open another.</summary>
    public const int Least = 128;

    /// <summary>The limit, raised as far as the system lets it be; where none is known, what is enough.</summary>
    public static long Value { get; } = OperatingSystem.IsLinux() ? Posix.RaiseOpenFileLimit() : Least;
}
