using System.Globalization;
using System.Text;

namespace Argosy.Client;

/// <summary>
/// Makes text from elsewhere fit to be shown: names and messages come from servers, and a terminal obeys what it is given.
/// </summary>
public static class Terminal
{
    /// <summary>
    /// The text with control characters (C0, C1, DEL), line and paragraph separators, characters that turn the direction of
    /// writing or show nothing, and half surrogate pairs as <c>\n</c>, <c>\t</c>, <c>\x1b</c> or <c>\u202e</c>, and <c>\</c> as <c>\\</c>.
    /// A low surrogate on its own that stands for a byte which is no UTF-8, U+DC80 to U+DCFF, is shown as that byte: <c>\xe9</c>.
    /// </summary>
    public static string Escape(string text)
    {
        var shown = new StringBuilder(text.Length);
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var valid = Rune.DecodeFromUtf16(rest, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (valid)
                Append(shown, rune);
            else if (rest[0] is >= '\udc80' and <= '\udcff')
                shown.Append(CultureInfo.InvariantCulture, $"\\x{rest[0] - 0xdc00:x2}");
            else
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)rest[0]:x4}");
            rest = rest[length..];
        }

        return shown.ToString();
    }

    /// <summary>The same for bytes; what is no UTF-8 becomes <c>\xNN</c>.</summary>
    public static string Escape(ReadOnlySpan<byte> bytes)
    {
        var shown = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            var valid = Rune.DecodeFromUtf8(bytes, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (valid)
                Append(shown, rune);
            else
                foreach (var value in bytes[..length])
                    shown.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");
            bytes = bytes[length..];
        }

        return shown.ToString();
    }

    private static void Append(StringBuilder shown, Rune rune)
    {
        var value = rune.Value;
        _ = value switch
        {
            '\\' => shown.Append(@"\\"),
            '\n' => shown.Append(@"\n"),
            '\r' => shown.Append(@"\r"),
            '\t' => shown.Append(@"\t"),
            < 0x20 or (>= 0x7f and < 0xa0) => shown.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}"),
            <= 0xffff when Misleads(rune) => shown.Append(CultureInfo.InvariantCulture, $"\\u{value:x4}"),
            _ when Misleads(rune) => shown.Append(CultureInfo.InvariantCulture, $"\\U{value:x8}"),
            _ => shown.Append(rune.ToString()),
        };
    }

    // Zero-width joiners belong to emoji and to several scripts; they stay.
    private static bool Misleads(Rune rune) => rune.Value is not (0x200c or 0x200d)
        && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator;
}
