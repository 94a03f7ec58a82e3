using System.Globalization;
using System.Text;

namespace Argosy.Cli.Output;

/// <summary>
/// How many columns of a terminal a text takes. Where terminals differ it is the most that any of them uses: a line that is measured by it may be
/// shorter than it could be, but never longer than its row.
/// </summary>
internal static class DisplayWidth
{
    // Turns the character before it into a picture, which some terminals draw wide.
    private const int PictureSelector = 0xFE0F;

    // Characters of two columns: wide and fullwidth by Unicode's EastAsianWidth.txt (Unicode Standard Annex 11), first and last of each run.
    // Runs of pictographs are taken whole: what is not wide among them today may be tomorrow.
    private static readonly int[] Wide =
    [
        0x1100, 0x115F, 0x231A, 0x231B, 0x2329, 0x232A, 0x23E9, 0x23F3, 0x25FD, 0x25FE, 0x2600, 0x27BF, 0x2B1B, 0x2B1C, 0x2B50, 0x2B55,
        0x2E80, 0x303E, 0x3041, 0xA4C6, 0xA960, 0xA97C, 0xAC00, 0xD7A3, 0xF900, 0xFAFF, 0xFE10, 0xFE19, 0xFE30, 0xFE6B, 0xFF01, 0xFF60,
        0xFFE0, 0xFFE6, 0x16FE0, 0x1B2FF, 0x1D300, 0x1D37F, 0x1F004, 0x1F004, 0x1F0CF, 0x1F0CF, 0x1F18E, 0x1FAFF, 0x20000, 0x3FFFD,
    ];

    /// <summary>Columns of a text without control characters.</summary>
    public static int Of(string text)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes())
            width += Of(rune);
        return width;
    }

    /// <summary>Columns of one character: 0 for what is drawn onto the one before it.</summary>
    public static int Of(Rune rune)
    {
        if (rune.Value < 0x300)
            return 1;
        if (rune.Value == PictureSelector)
            return 1;
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format)
            return 0;
        var run = Array.BinarySearch(Wide, rune.Value);
        return run >= 0 || (~run & 1) == 1 ? 2 : 1;
    }

    /// <summary>The text if it fits, else as much of its end as does behind a sign that something is missing: the end of a path tells most.</summary>
    /// <param name="text">Without control characters.</param>
    /// <param name="columns">How much room there is.</param>
    /// <param name="sign">What stands for the missing beginning.</param>
    public static string FitEnd(string text, int columns, string sign)
    {
        if (Of(text) <= columns)
            return text;
        var room = columns - Of(sign);
        if (room < 0)
            return "";
        var end = new Stack<Rune>();
        foreach (var rune in text.EnumerateRunes().Reverse())
        {
            room -= Of(rune);
            if (room < 0)
                break;
            end.Push(rune);
        }

        // A mark without its letter would land on the sign.
        return sign + string.Concat(end.SkipWhile(rune => Of(rune) == 0 || rune.Value == PictureSelector));
    }
}
