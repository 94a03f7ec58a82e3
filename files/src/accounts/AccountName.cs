using System.Globalization;
using System.Text;

namespace Argosy.Files;

/// <summary>What may be an account's name: always a plain child of a folder, and safe to show.</summary>
public static class AccountName
{
    /// <summary>Most characters (UTF-16 code units) of a name.</summary>
    public const int MaxLength = 64;

    /// <summary>The name that visitors without an account have; no account may take it.</summary>
    public const string Anonymous = "anonymous";

    /// <summary>The name in NFKC, as stores hold it.</summary>
    /// <exception cref="FormatException">It may not be a name; the message says why and what may.</exception>
    public static string Normalize(string name) => TryNormalize(name, out var normal, out var fault) ? normal : throw new FormatException(fault);

    /// <summary>The name in NFKC; false with a sentence where it may not be one.</summary>
    public static bool TryNormalize(string name, out string normal, out string fault)
    {
        normal = name.Length > MaxLength ? "" : Nfkc.Of(name) ?? "";
        fault = Fault(normal);
        return fault.Length == 0;
    }

    /// <summary>For a log or a message: cut to a length and escaped.</summary>
    internal static string ForLog(string name)
    {
        var shown = name.Length > MaxLength ? name[..MaxLength] + "..." : name;
        return Escaped.Text(Encoding.UTF8.GetBytes(shown));
    }

    /// <summary>For a log: as <see cref="ForLog"/>, in quotes that nothing within can end.</summary>
    internal static string Quoted(string name) => new Quoted(ForLog(name)).ToString();

    private static string Fault(string name)
    {
        if (name.Length is 0 or > MaxLength) return AccountText.NameLength(MaxLength);
        if (name is "." or "..") return AccountText.NameDots;
        if (name.Contains('/') || name.Contains('\\')) return AccountText.NameSlash;
        if (char.IsWhiteSpace(name[0]) || char.IsWhiteSpace(name[^1])) return AccountText.NameSpace;
        if (name.EnumerateRunes().Any(IsInvisible)) return AccountText.NameInvisible;
        if (name.Equals(Anonymous, StringComparison.OrdinalIgnoreCase)) return AccountText.NameAnonymous(Anonymous);

        return "";
    }

    private static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
