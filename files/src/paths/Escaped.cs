using System.Buffers;
using System.Globalization;
using System.Text;

namespace Argosy.Files;

/// <summary>Names from the wire made fit for a log or a terminal.</summary>
public static class Escaped
{
    /// <summary>
    /// The bytes as UTF-8 text in which control characters (C0, DEL, C1), line and paragraph separators, format characters (bidirectional
    /// overrides, zero-width ones), lone surrogates and bytes that are no UTF-8 stand as <c>\xNN</c> per byte, and a backslash as <c>\\</c>.
    /// </summary>
    public static string Text(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder(name.Length);
        while (!name.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(name, out var rune, out var length);
            if (status != OperationStatus.Done || IsUnsafe(rune))
            {
                AppendBytes(text, name[..length]);
            }
            else
            {
                text.Append(rune.Value == '\\' ? "\\\\" : rune.ToString());
            }

            name = name[length..];
        }

        return text.ToString();
    }

    private static bool IsUnsafe(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned => true,
        _ => false,
    };

    private static void AppendBytes(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            text.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");
        }
    }
}
