namespace Argosy.Client;

/// <summary>The checksums on the wire: their names, and how long they are.</summary>
internal static class HashAlgorithms
{
    private static readonly (string Name, int Digits)[] Table = [("crc32c", 8), ("md5", 32), ("sha256", 64)];

    public static string Name(HashAlgorithm algorithm) => Table[(int)algorithm].Name;

    public static string Check(HashAlgorithm algorithm, string? hash) =>
        hash?.Length == Table[(int)algorithm].Digits && !hash.AsSpan().ContainsAnyExcept("0123456789abcdef")
            ? hash
            : throw new NotVerifiedException($"What the server sent is no {Name(algorithm)}. Try again.");
}
