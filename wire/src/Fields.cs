using System.Collections.Frozen;
using System.Text.Json;

namespace Argosy.Wire;

/// <summary>The names of <see cref="Field"/>s on the wire.</summary>
internal static class Fields
{
    private const int LongestName = 12;

    private static readonly string[] Names = [.. Enum.GetNames<Field>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    private static readonly FrozenDictionary<string, Field>.AlternateLookup<ReadOnlySpan<char>> ByName =
        Enum.GetValues<Field>()
            .Where(field => field != Field.Unknown)
            .ToFrozenDictionary(Name)
            .GetAlternateLookup<ReadOnlySpan<char>>();

    internal static string Name(this Field field) => Names[(int)field];

    internal static Field Find(ReadOnlySpan<char> name) => ByName.TryGetValue(name, out var field) ? field : Field.Unknown;

    /// <summary>Finds a key as it stands in JSON, without escapes.</summary>
    internal static Field Find(ReadOnlySpan<byte> name)
    {
        if (name.Length > LongestName)
            return Field.Unknown;
        Span<char> wide = stackalloc char[LongestName];
        for (var i = 0; i < name.Length; i++)
            wide[i] = (char)name[i];
        return Find(wide[..name.Length]);
    }
}
