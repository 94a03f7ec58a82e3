using System.Globalization;
using System.Text;

namespace Argosy.Native;

/// <summary>Text from the wire, made safe for logs, terminals and messages.</summary>
internal static class Printable
{
    private const int Longest = 256;

    /// <summary>
    /// The text with everything escaped that could move a cursor, break a line or hide text (control, format, separator, surrogate
    /// and private characters), cut after 256 characters.
    /// </summary>
    public static string Of(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "-";
        var safe = new StringBuilder(Math.Min(text.Length, Longest));
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (safe.Length >= Longest)
                return safe.Append('…').ToString();
            if (IsSafe(rune))
                safe.Append(rune);
            else
                safe.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
        }

        return safe.ToString();
    }

    /// <summary>The same for a name's bytes; what is no UTF-8 shows as U+FFFD.</summary>
    public static string Of(byte[]? name) => Of(name is null ? null : Encoding.UTF8.GetString(name));

    private static bool IsSafe(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.SpaceSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
