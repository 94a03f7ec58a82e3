namespace Argosy.Files;

/// <summary>Permissions as people write them: names or presets, separated by commas.</summary>
public static class PermissionText
{
    private static readonly (string Word, Permissions Value)[] Words =
    [
        ("read", Permissions.Read),
        ("list", Permissions.List),
        ("write", Permissions.Write),
        ("overwrite", Permissions.Overwrite),
        ("append", Permissions.Append),
        ("delete", Permissions.Delete),
        ("rename", Permissions.Rename),
        ("mkdir", Permissions.MakeFolder),
        ("exec", Permissions.Execute),
    ];

    // Presets are understood, not written: a list stays true when a preset changes its meaning.
    private static readonly (string Word, Permissions Value)[] Presets =
    [
        ("all", Permissions.Default),
        ("default", Permissions.Default),
        ("read-only", Permissions.Read | Permissions.List),
        ("none", Permissions.None),
    ];

    /// <summary>What may be written, for messages and help. What allows nothing, because no command asks for it, is understood and kept, not offered.</summary>
    public static string Vocabulary { get; } =
        string.Join(", ", Words.Where(each => each.Value != Permissions.Execute).Concat(Presets).Select(each => each.Word));

    /// <summary>Permissions from <c>read,list,write</c>, <c>all</c> or <c>default</c> (both everything), <c>read-only</c> or <c>none</c>, in either case.</summary>
    /// <exception cref="FormatException">A word is unknown or missing; the message names it and lists the known ones.</exception>
    public static Permissions Parse(string text)
    {
        var result = Permissions.None;
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries))
            result |= Find(word);

        return result;
    }

    /// <summary>The names, comma-separated, in a fixed order; <c>none</c> for nothing.</summary>
    public static string Format(Permissions permissions)
    {
        var words = Words.Where(each => permissions.HasFlag(each.Value)).Select(each => each.Word);
        return permissions == Permissions.None ? "none" : string.Join(',', words);
    }

    private static Permissions Find(string word)
    {
        foreach (var (known, value) in Words.Concat(Presets))
        {
            if (known.Equals(word, StringComparison.OrdinalIgnoreCase)) return value;
        }

        throw new FormatException(AccountText.NoPermission(word, Vocabulary));
    }
}
