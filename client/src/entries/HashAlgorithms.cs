namespace Argosy.Client;

/// <summary>The checksums' names, as people and the wire write them, and how long they are.</summary>
public static class HashAlgorithms
{
    private static readonly (string Name, int Digits)[] Table = [("crc32c", 8), ("md5", 32), ("sha256", 64)];

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Table.Select(row => row.Name)];

    /// <summary>The name, such as <c>sha256</c>.</summary>
    public static string Name(HashAlgorithm algorithm) => Table[(int)algorithm].Name;

    /// <summary>The algorithm that a name means, in capitals or not; null where it means none.</summary>
    public static HashAlgorithm? Find(string name) =>
        Array.FindIndex(Table, row => row.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is >= 0 and var index ? (HashAlgorithm)index : null;

    internal static string Check(HashAlgorithm algorithm, string? hash) =>
        hash?.Length == Table[(int)algorithm].Digits && !hash.AsSpan().ContainsAnyExcept("0123456789abcdef")
            ? hash
            : throw new NotVerifiedException($"What the server sent is no {Name(algorithm)}. Try again.");
}
